#pragma once

#include "api/control/ticker.hpp"
#include "common/log/log.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trainyard::control {

struct LeaderOptions {
  std::string role = "control";
  std::string instance;  // unique per boot
  milliseconds ttl{30'000};
  runtime::Backoff backoff;
};

// Runs a set of loops in one instance at a time: makes and starts them when this one is elected,
// and stops them when it is not re-elected in time or when it stops (then it resigns). Two leaders
// for a moment are harmless (each loop's actions are conditional); the election only saves work.
class Leader final : public runtime::Lifecycle {
 public:
  using Loops = std::vector<std::unique_ptr<runtime::Lifecycle>>;

  // `make_loops` is called at each election; the loops start in order and stop in reverse.
  Leader(log::Log log, ports::JobStore& store, LeaderOptions options,
         std::function<Loops()> make_loops);

  void start() override { ticker_.start(); }
  void stop() override;

 private:
  milliseconds round();
  void take_office();
  void leave_office();

  log::Log log_;
  ports::JobStore& store_;
  LeaderOptions options_;
  std::function<Loops()> make_loops_;
  Loops loops_;
  std::chrono::steady_clock::time_point elected_until_;
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control
