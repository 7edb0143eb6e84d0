#pragma once

#include "common/base/error.hpp"
#include "common/log/log.hpp"
#include "deploy/trainyard/signals.hpp"

#include <functional>
#include <string>

namespace trainyard {

// Tries for up to a minute to reach what a role cannot start without, and says so: machines that
// start together come up in any order. Errors: the attempt's, at once when waiting does not help;
// cancelled when it is told to stop meanwhile.
Result<void> await_dependency(const log::Log& log, std::string what, const StopSignal& stop,
                              const std::function<Result<void>()>& attempt);

}  // namespace trainyard
