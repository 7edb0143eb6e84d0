#pragma once

#include "common/runtime/child_process.hpp"
#include "common/runtime/frame.hpp"
#include "common/runtime/task.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace trainyard::runtime {

// What the two threads of a child share: the queue of tasks, the one that runs, and the way back to
// the parent. work() belongs to the main thread, everything else to the reader. Answers of one task
// and the start of the next leave in one write; a start always leaves before its work begins, so
// that the parent knows whom a death concerns.
class ChildSession {
 public:
  explicit ChildSession(int socket);

  // Runs tasks until close(); what they throw is their failure.
  void work(const TaskRegistry& tasks);

  void receive(const Frame& frame);
  // Sends progress that was held back, once it may go; how long poll() may sleep until the next.
  int flush_progress();
  bool lease_is_over(std::chrono::nanoseconds now);  // of the task that runs
  std::optional<std::chrono::nanoseconds> next_lease_end();
  int doorbell() const { return doorbell_.get(); }  // readable when flush_progress() has work
  // Passes on what was written to standard output and error since.
  void forward_output();
  // No more tasks will come. False when work is still under way.
  bool close();

 private:
  using Steady = std::chrono::steady_clock::time_point;
  using Deadline = std::chrono::nanoseconds;  // CLOCK_BOOTTIME, 0 = none

  struct Queued {
    std::uint64_t id = 0;
    Deadline lease{0};
    std::string kind;
    std::string request;
  };

  void run(const TaskRegistry& tasks, Queued task);
  Result<std::string> call(const TaskRegistry& tasks, const Queued& task, TaskContext& context);
  void answer(std::uint64_t id, const Result<std::string>& result);
  void report(std::uint64_t id, TaskProgress progress);
  void write_progress(std::uint64_t id);
  void log(std::uint64_t id, LineLevel level, std::string_view line);
  void write_output();
  void cancel(std::uint64_t id);
  void extend_lease(std::uint64_t id, Deadline deadline);
  void recall();
  void send(std::string& frames);

  const int socket_;
  UniqueFd doorbell_;

  std::mutex mutex_;  // guards all below up to the next comment
  std::condition_variable wake_;
  std::deque<Queued> queue_;
  std::optional<std::uint64_t> running_;
  Deadline running_lease_{0};
  std::stop_source stop_;
  bool closed_ = false;

  std::mutex write_mutex_;     // guards the socket's writing side and all below
  std::string out_;            // frames of the working thread that may wait for the next write
  std::uint64_t writing_ = 0;  // whose standard output it is
  std::optional<TaskProgress> held_back_;
  std::uint64_t held_back_of_ = 0;
  Steady progress_sent_{};
};

}  // namespace trainyard::runtime
