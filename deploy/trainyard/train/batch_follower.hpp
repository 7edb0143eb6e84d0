#pragma once

#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"
#include "deploy/trainyard/terminal/progress_bars.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace trainyard {

// Counts a batch's jobs from the live events, model by model. Make it before the batch, so that it
// misses nothing; one thread.
class BatchFollower {
 public:
  static Result<BatchFollower> make(ports::EventBus& bus);

  // What is to come: one job per id.
  void expect(const std::vector<domain::NewJob>& jobs);
  // Takes in what happened, waiting for at most `patience` for something to happen.
  Result<void> poll(std::chrono::milliseconds patience);
  bool is_over() const { return open_.empty(); }
  terminal::BatchProgress progress() const;

 private:
  explicit BatchFollower(std::unique_ptr<ports::Subscription> events)
      : events_(std::move(events)) {}

  void take_in(const ports::Message& message);

  std::unique_ptr<ports::Subscription> events_;
  struct OpenJob {
    std::size_t model;  // index in models_
    int percent = 0;
  };

  std::unordered_map<std::string, OpenJob> open_;  // by job id; events may come twice
  std::vector<terminal::ModelProgress> models_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace trainyard
