#pragma once

#include "api/control/relay_window.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/lifecycle.hpp"
#include "common/runtime/outage.hpp"

#include <functional>
#include <memory>
#include <string>

namespace trainyard::control {

struct RelayOptions {
  std::string source = "trainyard/control";  // of the events: role and instance
  RelayLimits limits;
  int fetch_max = 500;          // rows per read
  milliseconds pace{10};        // between reads while several rows come at a time
  milliseconds rescan{30'000};  // reads the outbox even when nobody announced a row
  // Delivered rows gather for this long before they are deleted in one transaction: nobody waits
  // for it, and each transaction costs a sync.
  milliseconds done_linger{20};
  runtime::Backoff backoff;
  // The dispatcher's business: a job waits in line until that time; a worker may have room.
  std::function<void(TimePoint)> on_wait = [](TimePoint) {};
  std::function<void()> on_room = [] {};
  // A batch has no open jobs left. May be said again; must not block.
  std::function<void(const domain::Batch&)> on_batch_end = [](const domain::Batch&) {};
  // Likewise about a job that is over.
  std::function<void(const domain::Job&)> on_job_end = [](const domain::Job&) {};
};

// Carries the outbox to the bus: what a transaction committed is told at least once, in order per
// key, and its row deleted when the bus has it for good. It hides how many rows are in flight
// (RelayWindow decides what may go), and lives through outages of both sides. One thread publishes,
// one deletes. Store and bus outlive it; reports that come after stop() are ignored, so that the
// rows are told again by the next relay.
class OutboxRelay final : public runtime::Lifecycle {
 public:
  OutboxRelay(log::Log log, ports::JobStore& store, ports::EventBus& bus, RelayOptions options);
  ~OutboxRelay() override;

  void start() override;
  void stop() override;

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with the reports that are still to come
  std::thread publisher_;
  std::thread finisher_;
};

}  // namespace trainyard::control
