#pragma once

#include "common/adapters/sqlite/connection.hpp"
#include "common/base/error.hpp"

#include <expected>
#include <type_traits>
#include <utility>

namespace trainyard::sqlite {

// The one place where a failure of SQLite becomes an error of ours.
Error to_error(const SqliteFailure& failure);

// Runs `work`, which answers a Result or void, and turns what SQLite throws into its error.
template <class Work>
auto guarded(Work&& work) {
  using Answer = std::invoke_result_t<Work>;
  using Guarded = std::conditional_t<std::is_void_v<Answer>, Result<void>, Answer>;
  try {
    if constexpr (std::is_void_v<Answer>) {
      work();
      return Guarded();
    } else {
      return Guarded(work());
    }
  } catch (const SqliteFailure& failure) {
    return Guarded(std::unexpected(to_error(failure)));
  }
}

}  // namespace trainyard::sqlite
