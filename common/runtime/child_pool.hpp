#pragma once

#include "common/log/log.hpp"
#include "common/runtime/task.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::runtime {

using TaskId = std::uint64_t;

struct TaskRequest {
  std::string kind;
  std::string payload;                                       // JSON
  std::chrono::milliseconds timeout{std::chrono::hours(1)};  // of the running time
  // Past this moment (CLOCK_BOOTTIME) the child ends itself: the work is somebody else's by then.
  std::optional<std::chrono::nanoseconds> lease_until = std::nullopt;
};

// Called from the pool's one thread, in order per task: started, any number of progress and log,
// finished. A task that never started may finish too (cancelled, or the pool stopped). Lines are
// those that the task logs and those that its process writes to standard output and error, the last
// words of one that dies included.
struct TaskEvents {
  std::function<void(TaskId)> started;
  std::function<void(TaskId, TaskProgress)> progress;
  std::function<void(TaskId, TaskLine)> log;
  std::function<void(TaskId, Result<std::string> answer)> finished;
};

struct ChildPoolOptions {
  int children = 2;
  std::vector<std::string> command;  // how to start a child, e.g. {"/proc/self/exe", "child"}
  std::vector<std::string> environment = {};  // NAME=value, on top of this process's own
  std::chrono::milliseconds stall_max{std::chrono::minutes(5)};  // silence that counts as a hang
  std::chrono::milliseconds cancel_grace{1'000};                 // between asking and SIGKILL
  std::chrono::milliseconds idle_max{std::chrono::seconds(30)};  // then an idle child exits
  int queued_per_child_max = 64;
};

// A fixed number of child processes that run tasks, started when first needed. Whatever a task does
// to its process (crash, out of memory, hang) fails that task alone, with category `cluster`; tasks
// queued behind it go to another child. Children are our own executable, made by posix_spawn from
// one lifelong thread, and die with this process.
//
// Thread-safe. Destruction kills what still runs.
class ChildPool {
 public:
  ChildPool(log::Log log, ChildPoolOptions options, TaskEvents events);
  ~ChildPool();

  // How many more tasks would begin at once or within about 50 ms, by what tasks took lately.
  int capacity() const;
  TaskId submit(TaskRequest request);
  // finished() follows with Errc::cancelled, within cancel_grace, unless the task was done already.
  void cancel(TaskId task);
  // The same without asking first: the task has no time left to end well.
  void kill(TaskId task);
  // Moves the task's lease_until. Unknown tasks are ignored, here and above.
  void extend_lease(TaskId task, std::chrono::nanoseconds boottime);

 private:
  class State;
  std::unique_ptr<State> state_;
};

// The child's side: reads requests from the inherited socket until it closes. Returns the exit
// code. Belongs on the main thread, early: tasks run there, one at a time.
int run_child(const TaskRegistry& tasks);

// CLOCK_BOOTTIME: goes on while the machine sleeps, which is when leases run out unnoticed.
std::chrono::nanoseconds boottime_now();

}  // namespace trainyard::runtime
