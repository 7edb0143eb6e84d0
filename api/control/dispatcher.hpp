#pragma once

#include "api/control/ticker.hpp"
#include "common/log/log.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"

#include <atomic>

namespace trainyard::control {

struct DispatcherOptions {
  milliseconds rescan{10'000};  // looks at least this often: for jobs nobody spoke of
  int set_max = 500;
  milliseconds announce_age{120'000};  // admitted so long ago and unclaimed: told once more
  milliseconds announce_interval{30'000};
  int announce_max = 200;
  runtime::Backoff backoff;
};

// Admits waiting jobs whose time has come (retries, mostly: acceptance admits what nothing holds
// back), and has admitted jobs that nobody claimed announced once more, which heals lost messages.
// Sleeps until the next job is due. Right with several dispatchers: an admission names the dispatch
// number that it saw.
class Dispatcher final : public runtime::Lifecycle {
 public:
  Dispatcher(log::Log log, ports::JobStore& store, const Clock& clock, DispatcherOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }
  // A job waits until then: a hint that saves waiting for the next look. Thread-safe.
  void expect(TimePoint due);

 private:
  milliseconds round();
  Result<milliseconds> admit_due();
  Result<void> announce_forgotten();
  milliseconds until(TimePoint due) const;

  log::Log log_;
  ports::JobStore& store_;
  const Clock& clock_;
  DispatcherOptions options_;
  std::chrono::steady_clock::time_point announce_at_;
  std::atomic<TimePoint> next_look_{TimePoint::min()};
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control
