#pragma once

#include "common/runtime/task.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/training/results_json.hpp"

#include <mutex>
#include <string>

namespace trainyard::training {

// Counts the fits of a job and tells how far it is, with the metrics known so far. The methods that
// a segment's events call are thread-safe.
class FitProgress {
 public:
  FitProgress(runtime::TaskContext& context, const forecast::SegmentPlan& plan, int fits,
              std::size_t segments)
      : context_(context), plan_(plan), total_(std::max(1, fits)), segments_(segments) {}

  void tell(std::string_view model, int window, int windows);
  void add(const forecast::ModelOutcome& model);

  void begin_segment(const std::string& segment, int fits);
  // Fits that a failing model spared count as done.
  void end_segment() { begin_ = done_ = end_; }

  // Of the only segment: what was taken for the best, which need not have the least error.
  void mark(const std::string& best_model) { best_model_ = best_model; }
  nlohmann::json metrics() const;

 private:
  runtime::TaskContext& context_;
  const forecast::SegmentPlan& plan_;
  std::mutex mutex_;  // guards what counts
  int total_;
  std::size_t segments_;
  std::size_t segment_no_ = 0;
  int begin_ = 0;
  int done_ = 0;
  int end_ = 0;
  std::string segment_;
  std::string best_model_;
  MetricsMean metrics_;
};

}  // namespace trainyard::training
