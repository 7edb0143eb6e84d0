#pragma once

#include "common/base/error.hpp"

#include <functional>
#include <string>

namespace trainyard::service {

// On whose behalf a use case runs, and the id that follows the request through every part.
struct Caller {
  std::string user_id;
  std::string correlation_id;
};

// Told the outcome exactly once, on a thread of the callee's choosing: it must return quickly.
template <class T>
using Done = std::move_only_function<void(Result<T>)>;

}  // namespace trainyard::service
