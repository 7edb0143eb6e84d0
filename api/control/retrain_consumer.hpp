#pragma once

#include "common/dead_letter/dead_letter.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/runtime/lifecycle.hpp"
#include "common/runtime/outage.hpp"
#include "common/wire/training_order.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace trainyard::control {

// The group in which control processes share RetrainRequested.
inline constexpr const char* retrain_group = "trainyard-retrain";

struct RetrainConsumerOptions {
  std::string source = "trainyard/control";  // of dead letters: role and instance
  // Starts what is ordered, once per cause. unavailable and in_doubt are tried again; any other
  // error makes the message a dead letter.
  std::function<Result<void>(const wire::TrainingOrder&)> start;
  // What was tried too often, before it becomes a dead letter.
  std::function<void(const wire::TrainingOrder&, const Error&)> on_given_up =
      [](const wire::TrainingOrder&, const Error&) {};
  // Whether the store can be reached: while it cannot, no message is given up.
  std::function<Result<void>()> ping;
  int tries_max = 5;  // of one message while the store can be reached
  runtime::Backoff backoff;
};

// Turns RetrainRequested from the bus into training. A message is done when its batch is in the
// store or it stands on the dead-letter topic with the reason, so one that cannot be used never
// blocks those behind it. Any number of processes may run one. The bus outlives it.
class RetrainConsumer final : public runtime::Lifecycle {
 public:
  RetrainConsumer(log::Log log, ports::EventBus& bus, const Clock& clock,
                  RetrainConsumerOptions options);
  ~RetrainConsumer() override { stop(); }

  void start() override;
  void stop() override;

 private:
  void run(std::stop_token stop);
  bool subscribe(std::stop_token stop);
  void take(std::stop_token stop, const ports::Delivery& delivery);
  Result<void> start_training(std::stop_token stop, const wire::TrainingOrder& order);
  bool wait(std::stop_token stop, milliseconds time);

  log::Log log_;
  ports::EventBus& bus_;
  const RetrainConsumerOptions options_;
  dead_letter::DeadLetter dead_letter_;
  runtime::Outage reading_;
  runtime::Outage starting_;
  std::shared_ptr<ports::Subscription> subscription_;
  std::vector<ports::Delivery> carried_over_;  // that came while waiting
  std::jthread thread_;
};

}  // namespace trainyard::control
