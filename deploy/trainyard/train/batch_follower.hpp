#pragma once

#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"
#include "deploy/trainyard/terminal/progress_bars.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trainyard {

// Counts a batch's jobs from the live events, model by model. Make it before the batch, so that it
// misses nothing; one thread.
class BatchFollower {
 public:
  static Result<BatchFollower> make(ports::EventBus& bus);

  // What is to come: one job per id, of models[i % models.size()].
  void expect(std::span<const JobId> jobs, const std::vector<std::string>& models);
  // Takes in what happened, waiting for at most `patience` for something to happen.
  Result<void> poll(std::chrono::milliseconds patience);
  bool is_over() const { return open_ == 0; }
  terminal::BatchProgress progress() const;

 private:
  explicit BatchFollower(std::unique_ptr<ports::Subscription> events)
      : events_(std::move(events)) {}

  void take_in(const ports::Message& message);

  std::unique_ptr<ports::Subscription> events_;
  struct Expected {
    JobId id;
    std::uint16_t model = 0;  // index in models_
    std::uint8_t percent = 0;
    bool is_open = true;  // events may come twice
  };

  std::vector<Expected> jobs_;  // by id
  std::size_t open_ = 0;
  std::int64_t percents_ = 0;  // the sum of all
  std::vector<terminal::ModelProgress> models_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace trainyard
