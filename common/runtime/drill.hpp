#pragma once

#include "common/base/error.hpp"
#include "common/runtime/task.hpp"

#include <string_view>

namespace trainyard::runtime {

// The task kind "drill": misbehaves on purpose, so that everything around a training can be tested
// for what a training may do to its process. `what` is one of
//   noop            succeed at once
//   stamp           the same, with the time at which it began as its result
//   sleep:<ms>      work that long, reporting progress, stoppable
//   say:<lines>     print that many lines
//   crash           write to address zero (SIGSEGV)
//   abort           abort(), after a word on standard error
//   oom             what the kernel does when memory runs out: SIGKILL
//   hang            neither report nor stop
//   fail:<category> fail with an error of that category
// Anything else is invalid_argument, naming these.
Result<std::string> drill_task(std::string_view what, TaskContext& context);

}  // namespace trainyard::runtime
