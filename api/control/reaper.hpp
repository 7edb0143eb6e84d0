#pragma once

#include "api/control/lease_watch.hpp"
#include "api/control/ticker.hpp"
#include "common/domain/retry_policy.hpp"
#include "common/log/log.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"

namespace trainyard::control {

struct ReaperOptions {
  milliseconds lease{30'000};     // of the workers
  milliseconds interval{10'000};  // between looks while nothing is expired
  domain::RetryPolicy policy;
  int set_max = 1'000;
  runtime::Backoff backoff;
};

// Takes jobs back from workers that stopped renewing their leases, one lease after the store says
// so (LeaseWatch). Right with several reapers: each rescue is conditional on what was seen.
class Reaper final : public runtime::Lifecycle {
 public:
  Reaper(log::Log log, ports::JobStore& store, ReaperOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }

 private:
  milliseconds round();
  void rescue(std::span<const ports::LeaseSnapshot> dead);

  log::Log log_;
  ports::JobStore& store_;
  ReaperOptions options_;
  LeaseWatch watch_;
  runtime::Outage outage_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control
