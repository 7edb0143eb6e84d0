#pragma once

#include "common/base/error.hpp"
#include "common/base/line_level.hpp"

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

// What runs inside a child process. A task turns a JSON request into a JSON answer; everything
// else (framing, cancelling, dying without hurting others) is the child pool's business.

namespace trainyard::runtime {

struct TaskProgress {
  double fraction = 0;  // 0..1, measured: work done over work to do
  std::string step;     // "Fitting theta (2/5)"
  std::string metrics;  // JSON object, or empty
};

struct TaskLine {
  LineLevel level = LineLevel::info;
  std::string text;  // may hold any bytes, but no end of line
};

struct TaskContext {
  std::stop_token stop;
  std::function<void(TaskProgress)> report;  // also proves that the work is alive
  std::function<void(LineLevel, std::string_view line)> log;
};

using Task = std::function<Result<std::string>(std::string_view request, TaskContext& context)>;
using TaskRegistry = std::map<std::string, Task, std::less<>>;  // by kind: "train", "inspect", …

}  // namespace trainyard::runtime
