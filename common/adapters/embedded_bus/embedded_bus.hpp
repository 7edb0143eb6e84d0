#pragma once

#include "common/ports/event_bus.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace trainyard::embedded_bus {

struct EmbeddedBusOptions {
  // Groups that must not miss a message although they subscribe later: topic -> groups. A group
  // that is not declared exists from its first subscription on.
  std::map<std::string, std::vector<std::string>> groups;
  int partitions = 4;  // of every topic: how many members of a group can share it
  std::size_t group_unfinished_max = 20'000;  // messages a group may owe; more are refused
  milliseconds watcher_wait{1'000};  // how long publish() waits for a slow group-less reader
};

// The bus of a single process: an in-memory doorbell over the store's outbox, not a second log.
//
// What has a group is reported as delivered only when each group is done() with it, so the outbox
// row stays until the effect is durable and the relay announces it again after a crash; everything
// else is reported at once. Nothing is kept beyond that: positions are worth nothing after a
// restart, which the epoch tells. Reports run on the thread that publishes or calls done(), never
// under a lock, and those still open when the bus is destroyed come as Errc::unavailable. A message
// that no buffer has room for is refused with Errc::exhausted, and with it the rest of its call.
//
// Thread-safe. Outlives its subscriptions.
class EmbeddedBus final : public ports::EventBus {
 public:
  explicit EmbeddedBus(EmbeddedBusOptions options);
  ~EmbeddedBus() override;

  void publish(std::span<const ports::Message> messages,
               const std::function<void(std::size_t, Result<void>)>& report) override;
  Result<std::unique_ptr<ports::Subscription>> subscribe(
      const ports::SubscribeOptions& options) override;
  Result<std::vector<ports::Position>> end_of(const std::string& topic) override;
  Result<void> ping() override { return {}; }

 private:
  class Subscriber;
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace trainyard::embedded_bus
