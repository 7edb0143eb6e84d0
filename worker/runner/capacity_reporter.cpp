#include "worker/runner/capacity_reporter.hpp"

#include "common/runtime/pause.hpp"

#include <cstdlib>

namespace trainyard::runner {
namespace {

constexpr milliseconds refresh = ports::worker_ttl / 3;
constexpr milliseconds look{250};  // while it holds jobs

}  // namespace

CapacityReporter::CapacityReporter(log::Log log, ports::DispatchStore& store,
                                   ports::Executor& executor, LeaseTable& leases,
                                   std::string worker_id)
    : log_(std::move(log)),
      store_(store),
      executor_(executor),
      leases_(leases),
      told_{.worker_id = std::move(worker_id)},
      outage_(log_, "store (reporting capacity)") {}

void CapacityReporter::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto report = told_;
    report.slots = executor_.slots();
    report.appetite = leases_.size() + executor_.capacity();
    if (is_news(report)) {
      if (const auto reported = store_.report(report); !reported) {
        runtime::pause_for(stop, outage_.failed(reported.error()));
        continue;
      }
      outage_.over();
      told_ = report;
      told_at_ = std::chrono::steady_clock::now();
    }
    // At rest, the first job that comes ends the wait.
    if (leases_.size() > 0) {
      runtime::pause_for(stop, look);
    } else {
      leases_.await_any(stop, refresh);
    }
  }
}

bool CapacityReporter::is_news(const ports::WorkerReport& report) const {
  if (!told_at_ || std::chrono::steady_clock::now() - *told_at_ >= refresh) return true;
  const int change = std::abs(report.appetite - told_.appetite);
  return report.slots != told_.slots || change > std::max(1, told_.appetite / 4);
}

void CapacityReporter::forget() {
  if (const auto forgotten = store_.forget(told_.worker_id); !forgotten) {
    log_.debug("the worker stays listed until its report is old", {{"error", forgotten.error()}});
  }
}

}  // namespace trainyard::runner
