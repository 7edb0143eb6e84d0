#pragma once

#include "common/domain/job_command.hpp"
#include "common/domain/log_line.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace trainyard::ports {

// Where claimed jobs run: local child processes, or a remote service. Thread-safe.
class Executor {
 public:
  // Called from the executor's own thread, quickly returning.
  struct Events {
    std::function<void(JobId, std::int64_t fence, int percent, std::string step,
                       std::string metrics)>
        progress;
    std::function<void(std::vector<domain::LogLine>)> wrote;  // of one job; before its end
    std::function<void(domain::Finish)> finished;             // exactly once per started job
    std::function<void()> capacity_freed;
  };

  virtual ~Executor() = default;

  virtual void set_events(Events events) = 0;  // once, before start()
  virtual int slots() const = 0;               // how many jobs run at the same time
  virtual int capacity() const = 0;            // how many more it would take now
  virtual void start(const domain::Job& job, std::chrono::nanoseconds lease_until_boottime) = 0;
  // Stops the work; finished() follows with Stopped (or what came first). Unknown ids are ignored.
  virtual void cancel(JobId job) = 0;
  // The same because this worker ends: a long training keeps what it has, and finished() follows
  // with HandedBack (or what came first).
  virtual void interrupt(JobId job) = 0;
  // Kills the work at once and reports nothing: the lease is somebody else's.
  virtual void abandon(JobId job) = 0;
  // Takes back every job whose work has not begun, and reports nothing about them.
  virtual std::vector<JobId> release_waiting() = 0;
  virtual void lease_extended(JobId job, std::chrono::nanoseconds boottime) = 0;
};

}  // namespace trainyard::ports
