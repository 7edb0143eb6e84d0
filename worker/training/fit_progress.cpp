#include "worker/training/fit_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::training {

using nlohmann::json;

void FitProgress::begin_segment(const std::string& segment, int fits) {
  segment_ = segment;
  ++segment_no_;
  end_ = begin_ + fits;
  done_ = begin_;
}

json FitProgress::metrics() const {
  auto metrics = metrics_.json();
  const auto best = metrics.find(best_model_);
  if (metrics.size() > 1 && best != metrics.end()) (*best)["is_best"] = true;
  return metrics;
}

void FitProgress::tell(std::string_view model, int window, int windows) {
  if (!context_.report) return;
  const auto found = std::ranges::find(plan_.models, model);
  auto step = found != plan_.models.end()
                  ? fmt::format("Fitting {} ({}/{})", model, found - plan_.models.begin() + 1,
                                plan_.models.size())
                  : fmt::format("Fitting {} for the ensemble", model);
  step += window > 0 ? fmt::format(", window {} of {}", window, windows) : ", full history";
  if (segments_ > 1) step += fmt::format(", {} ({}/{})", segment_, segment_no_, segments_);
  const std::lock_guard lock(mutex_);
  const auto metrics = metrics_.json();
  context_.report({.fraction = static_cast<double>(done_) / total_,
                   .step = std::move(step),
                   .metrics = metrics.empty() ? std::string{} : metrics.dump()});
  done_ = std::min(done_ + 1, end_);
}

void FitProgress::add(const forecast::ModelOutcome& model) {
  const std::lock_guard lock(mutex_);
  metrics_.add(model);
}

}  // namespace trainyard::training
