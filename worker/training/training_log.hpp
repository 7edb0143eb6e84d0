#pragma once

#include "common/runtime/task.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/training/table_cache.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace trainyard::training {

// What a training says of itself while it runs, for whoever wants to know what it did and where the
// time went: what was read, each segment, each model with its error and the time of its fits, what
// was found in the data, what was chosen. fitting(), fitted() and model_done() are thread-safe.
class TrainingLog {
 public:
  explicit TrainingLog(runtime::TaskContext& context) : context_(context) {}

  void read(const std::string& path, const LoadedTable& loaded);
  void begin_segment(const forecast::PreparedSeries& series, std::size_t number,
                     std::size_t segments);
  void fitting(std::string_view model, int window);
  void fitted(std::string_view model, int window);
  void model_done(const forecast::ModelOutcome& model);
  void end_segment(const forecast::SegmentOutcome& outcome);
  void problem(const std::string& segment, const Error& error);
  void say(LineLevel level, std::string_view line) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Spent {
    int fits = 0;
    Clock::duration time{0};
  };

  runtime::TaskContext& context_;
  const Clock::time_point begun_ = Clock::now();
  std::string prefix_;  // names the segment of several
  std::mutex mutex_;    // guards the two below
  std::map<std::pair<std::string, int>, Clock::time_point> under_way_;
  std::map<std::string, Spent, std::less<>> spent_;
};

}  // namespace trainyard::training
