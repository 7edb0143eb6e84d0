#pragma once

#include <optional>

namespace trainyard::runtime {

// The first process of a container (PID 1) inherits every orphan in it and has to collect the dead
// ones. When this process is that one, it forks: the child goes on with the program and finds
// nullopt here, while the parent passes signals on to it, collects whatever dies, and answers the
// child's exit code (128 + the signal that ended it) at its end. Elsewhere, or when there is no
// room for another process, it answers nullopt at once. Call it before any thread is started.
std::optional<int> serve_as_init();

}  // namespace trainyard::runtime
