#pragma once

#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"

#include <memory>
#include <span>
#include <string>

namespace trainyard::dead_letter {

// Where messages go that can never be used: no JSON, not valid by their schema, of an unknown type.
// Each is published on topics::dead_letter with the reason and where it stood, and its own
// subscription is told done() once it is there, so that it neither gets lost nor blocks its
// partition. While the bus is away it stays unfinished and comes again. Thread-safe; reports may
// come until the bus is closed, and then find the subscription gone.
class DeadLetter {
 public:
  // `source` names role and instance in the envelope.
  DeadLetter(log::Log log, ports::EventBus& bus, const Clock& clock, std::string source);

  // Does not wait. `from` may end any time.
  void refuse(const ports::Delivery& delivery, const Error& reason,
              std::weak_ptr<ports::Subscription> from) const;

 private:
  log::Log log_;
  ports::EventBus& bus_;
  const Clock& clock_;
  std::string source_;
};

}  // namespace trainyard::dead_letter
