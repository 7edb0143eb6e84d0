#include "api/control/retrain_consumer.hpp"

#include "common/runtime/pause.hpp"

#include <array>

namespace trainyard::control {
namespace {

constexpr int set_max = 100;
constexpr milliseconds poll_max{60'000};

}  // namespace

RetrainConsumer::RetrainConsumer(log::Log log, ports::EventBus& bus, const Clock& clock,
                                 RetrainConsumerOptions options)
    : log_(log),
      bus_(bus),
      options_(std::move(options)),
      dead_letter_(log, bus, clock, options_.source),
      reading_(log, "event bus (reading retrain requests)", options_.backoff),
      starting_(log, "store (starting what was requested)", options_.backoff) {}

void RetrainConsumer::start() {
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

void RetrainConsumer::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  subscription_.reset();
}

bool RetrainConsumer::subscribe(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto subscription = bus_.subscribe({.topics = {ports::topics::retrain_requested},
                                        .group = retrain_group,
                                        .buffered_max = 2 * set_max});
    if (subscription) {
      reading_.over();
      subscription_ = *std::move(subscription);
      return true;
    }
    runtime::pause_for(stop, reading_.failed(subscription.error()));
  }
  return false;
}

void RetrainConsumer::run(std::stop_token stop) {
  if (!subscribe(stop)) return;
  const std::stop_callback on_stop(stop, [this] { subscription_->wake(); });
  while (!stop.stop_requested()) {
    auto deliveries = carried_over_.empty()
                          ? subscription_->poll(set_max, poll_max)
                          : Result<std::vector<ports::Delivery>>(std::exchange(carried_over_, {}));
    if (!deliveries) {
      runtime::pause_for(stop, reading_.failed(deliveries.error()));
      continue;
    }
    reading_.over();
    for (const auto& delivery : *deliveries) {
      if (stop.stop_requested()) return;
      take(stop, delivery);
    }
  }
}

void RetrainConsumer::take(std::stop_token stop, const ports::Delivery& delivery) {
  const auto order = wire::parse_retrain_requested(delivery.message.value);
  if (!order) return dead_letter_.refuse(delivery, order.error(), subscription_);
  const auto started = start_training(stop, *order);
  if (started) return subscription_->done(std::array{delivery.position});
  if (runtime::may_pass(started.error())) {
    if (stop.stop_requested()) return;  // it comes again
    options_.on_given_up(*order, started.error());
  }
  dead_letter_.refuse(delivery, started.error(), subscription_);
}

Result<void> RetrainConsumer::start_training(std::stop_token stop,
                                             const wire::TrainingOrder& order) {
  for (int tries = 0;;) {
    auto started = options_.start(order);
    if (started || !runtime::may_pass(started.error())) {
      starting_.over();
      return started;
    }
    // What fails although the store is there, fails because of the message.
    if (options_.ping() && ++tries >= options_.tries_max) return started;
    if (!wait(stop, starting_.failed(started.error()))) return started;
  }
}

// Keeps the membership of the group meanwhile; false when it is to stop.
bool RetrainConsumer::wait(std::stop_token stop, milliseconds time) {
  subscription_->pause();
  auto polled = subscription_->poll(1, time);
  subscription_->resume();
  if (!polled) runtime::pause_for(stop, time);
  if (polled) std::ranges::move(*polled, std::back_inserter(carried_over_));
  return !stop.stop_requested();
}

}  // namespace trainyard::control
