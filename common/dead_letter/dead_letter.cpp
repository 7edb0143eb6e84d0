#include "common/dead_letter/dead_letter.hpp"

#include "common/wire/job_events.hpp"

#include <array>

namespace trainyard::dead_letter {

DeadLetter::DeadLetter(log::Log log, ports::EventBus& bus, const Clock& clock, std::string source)
    : log_(std::move(log)), bus_(bus), clock_(clock), source_(std::move(source)) {}

void DeadLetter::refuse(const ports::Delivery& delivery, const Error& reason,
                        std::weak_ptr<ports::Subscription> from) const {
  const auto& message = delivery.message;
  const auto& place = delivery.position;
  const auto event = wire::message_refused_event({.topic = message.topic,
                                                  .partition = place.partition,
                                                  .offset = place.offset,
                                                  .key = message.key,
                                                  .reason = describe(reason),
                                                  .message = message.value},
                                                 source_, clock_.now());
  const auto log = log_.with({{"topic", message.topic},
                              {"partition", place.partition},
                              {"offset", place.offset},
                              {"reason", reason}});
  const ports::Message letter{.topic = ports::topics::dead_letter,
                              .key = message.key,
                              .value = wire::to_json(event),
                              .headers = {{"content-type", "application/cloudevents+json"}}};
  bus_.publish(std::array{letter},
               [log, from = std::move(from), place](std::size_t, const Result<void>& fate) {
                 if (!fate) return log.warn("dead letter not delivered", {{"error", fate.error()}});
                 log.warn("message refused");
                 if (const auto subscription = from.lock()) subscription->done(std::array{place});
               });
}

}  // namespace trainyard::dead_letter
