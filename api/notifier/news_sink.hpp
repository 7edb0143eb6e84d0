#pragma once

#include "api/notifier/event_ring.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace trainyard::notifier {

// Where the feed pours what it reads. Called from the feed's thread.
class NewsSink {
 public:
  using Batch = std::vector<std::pair<ports::Position, wire::News>>;

  virtual ~NewsSink() = default;
  // `changed` is told, on any thread, whenever the first listener comes or the last one goes. Once,
  // before the first listener.
  virtual void on_audience(std::function<void(bool present)> changed) = 0;
  virtual void stream_started(StreamPosition position) = 0;
  // `taken` is called, on any thread, when the batch has been dealt with: the feed reads no further
  // before, so what is read and not yet passed on is bounded.
  virtual void published(Batch batch, std::function<void()> taken) = 0;
};

}  // namespace trainyard::notifier
