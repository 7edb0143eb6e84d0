#pragma once

#include "api/control/admit.hpp"
#include "api/control/ticker.hpp"
#include "common/log/log.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"

#include <atomic>

namespace trainyard::control {

struct DispatcherOptions {
  milliseconds rescan{10'000};     // looks at least this often: for jobs nobody spoke of
  milliseconds pace{10};           // between looks while work piles up: sets cost less than singles
  milliseconds retry_room{1'000};  // looks this often while jobs wait for room
  int set_max = 1'000;
  milliseconds announce_age{120'000};  // announced so long ago and unclaimed: told once more
  milliseconds announce_interval{30'000};
  int announce_max = 200;
  runtime::Backoff backoff;
};

// Announces jobs that wait in line when it is their turn, and has announced jobs that nobody
// claimed announced once more, which heals lost messages. Sleeps until the next job is due, or
// until it is told that something changed. Right with several dispatchers.
class Dispatcher final : public runtime::Lifecycle {
 public:
  Dispatcher(log::Log log, ports::DispatchStore& line, ports::JobStore& store, const Clock& clock,
             DispatcherOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }

  // Hints that save waiting for the next look. Thread-safe; they never block.
  void expect(TimePoint due);  // a job waits in line until then
  void room_changed();         // a job began or ended

 private:
  milliseconds round();
  Result<milliseconds> admit_due();
  Result<void> announce_forgotten();
  milliseconds until(TimePoint due) const;

  log::Log log_;
  ports::DispatchStore& line_;
  ports::JobStore& store_;
  const Clock& clock_;
  DispatcherOptions options_;
  std::chrono::steady_clock::time_point announce_at_;
  std::chrono::steady_clock::time_point looked_at_;
  std::atomic<TimePoint> next_look_{TimePoint::min()};
  std::atomic<bool> wants_room_ = false;
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control
