#pragma once

#include "common/base/error.hpp"

#include <exception>
#include <string>
#include <type_traits>

namespace trainyard::postgres {

// What a statement does to the database: a connection that breaks under one that writes leaves
// open whether it happened.
enum class Effect { reads, writes };

// PostgreSQL said no, or went away. Thrown inside this adapter only.
struct PgFailure {
  enum class Kind {
    broken,     // the connection is of no more use
    collision,  // lost against a concurrent transaction: worth trying again at once
    duplicate,  // a unique constraint
    bad_data,   // a value that the server does not take
    other,
  };
  Kind kind;
  Error error;
};

// The one place where an exception of libpqxx becomes an error of ours. Rethrows what is not its.
PgFailure to_failure(const std::exception_ptr& exception, Effect effect);

// Runs `work`, which answers a Result, and turns a PgFailure into its error.
template <class Work>
std::invoke_result_t<Work> guarded(Work&& work) {
  try {
    return work();
  } catch (const PgFailure& failure) {
    return std::unexpected(failure.error);
  }
}

}  // namespace trainyard::postgres
