#pragma once

#include "common/runtime/child_pool.hpp"
#include "common/runtime/child_process.hpp"
#include "common/runtime/frame.hpp"
#include "common/runtime/line_cutter.hpp"
#include "common/runtime/task_pace.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::runtime {

using Steady = std::chrono::steady_clock::time_point;

struct PoolTask {
  TaskId id = 0;
  TaskRequest request;
  bool cancelled = false;         // asked to stop
  std::optional<Steady> kill_at;  // when patience with a cancelled task ends
};

using PoolTaskPtr = std::unique_ptr<PoolTask>;

// One place for a child: the process, the tasks in its pipe, and what is known about them. Belongs
// to the pool's thread. Tells apart our own kills, noted before they are sent, from deaths that the
// task brought on itself.
class ChildSlot {
 public:
  ChildSlot(const ChildPoolOptions& options, const TaskEvents& events, TaskPace& pace)
      : options_(options), events_(events), pace_(pace) {}

  Result<void> spawn(Steady now);
  bool alive() const { return process_.has_value(); }
  // One that is being killed takes none, nor one whose task turned out long.
  bool takes_tasks() const { return alive() && !doomed_ && !recalled_; }
  int socket() const { return process_->socket(); }
  int pidfd() const { return process_->pidfd(); }
  std::size_t load() const { return tasks_.size(); }

  void feed(PoolTaskPtr task, Steady now);
  PoolTask* find(TaskId id);
  void cancel(PoolTask& task, Steady now);
  void kill(PoolTask& task);
  void extend_lease(PoolTask& task, std::chrono::nanoseconds boottime);

  // Writes what the socket takes; true while something is left.
  bool flush();
  // Reads and acts on what the child says. Tasks that it gave back are added to `returned`. False
  // once there is nothing more to read: it is dying.
  bool receive(Steady now, std::vector<PoolTaskPtr>& returned);
  // Hangs, timeouts, cancels without effect, idleness. Returns when to look again.
  Steady check(Steady now);
  void doom();  // kill, because the pool ends

  struct Obituary {
    std::vector<PoolTaskPtr> returned;  // never began: for another child
    bool died_young = false;            // without having begun a single task
    std::optional<Error> error;         // why, when it was not our doing
  };
  // After its death: fails the task that ran, gives back the rest, frees the slot.
  Obituary bury(Steady now);

  bool blocked =
      false;  // the last flush() left something: the pool waits until the socket takes it

 private:
  enum class Doom { stall, timeout, cancel, garbage, idle, shutdown };

  void handle(const Frame& frame, Steady now, std::vector<PoolTaskPtr>& returned);
  void on_output(TaskId id, std::string_view bytes);
  void end_output();
  void take_last_words();
  void finish(TaskId id, Result<std::string> answer);
  PoolTaskPtr take(TaskId id);
  void doom(Doom why);
  Error fate_of_running(const ChildExit& exit, const PoolTask& task) const;
  Steady check_running(Steady now);

  const ChildPoolOptions& options_;
  const TaskEvents& events_;
  TaskPace& pace_;
  std::optional<ChildProcess> process_;
  std::optional<Doom> doomed_;
  FrameBuffer in_;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::deque<PoolTaskPtr> tasks_;  // as fed; the front one is running when running_ says so
  std::optional<TaskId> running_;
  LineCutter output_;
  TaskId output_of_ = 0;     // the task whose line was begun, 0 for none's
  std::string last_output_;  // as received, in case its death kept it from being taken out
  bool began_any_ = false;
  bool recalled_ = false;
  int done_in_read_ = 0;
  Steady running_since_;
  Steady heard_at_;
  Steady busy_since_;
  Steady idle_since_;
  Steady doomed_at_;
  std::optional<Steady> silent_since_;  // its end of the socket is closed
};

}  // namespace trainyard::runtime
