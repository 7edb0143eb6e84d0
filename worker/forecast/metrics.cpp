#include "worker/forecast/metrics.hpp"

#include <cmath>

namespace trainyard::forecast {
namespace {

// Errors may be past the largest double where values are near it.
std::optional<double> if_finite(double score) {
  return std::isfinite(score) ? std::optional(score) : std::nullopt;
}

// Of a value's size: bounds that lie on it differ from it by what sums of doubles lose.
constexpr double rounding = 1e-12;

bool holds(double lower, double upper, double value) {
  const double slack = rounding * std::abs(value);
  return value >= lower - slack && value <= upper + slack;
}

}  // namespace

std::optional<double> score_of(const Scores& scores, std::string_view metric) {
  if (metric == "mape") return scores.mape;
  if (metric == "smape") return scores.smape;
  if (metric == "mase") return scores.mase;
  if (metric == "rmse") return scores.rmse;
  if (metric == "mae") return scores.mae;
  return std::nullopt;
}

void ScoreSum::add(std::span<const double> actual, const models::Forecast& forecast, double scale) {
  for (auto i = covered_.size(); i < forecast.intervals.size(); ++i)
    covered_.push_back({.level = forecast.intervals[i].level});
  has_no_scale_ = has_no_scale_ || scale == 0 || !std::isfinite(scale);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(actual[i] - forecast.mean[i]);
    const double size = std::abs(actual[i]) + std::abs(forecast.mean[i]);
    count_ += 1;
    absolute_ += error;
    squared_ += error * error;
    if (size > 0) symmetric_ += 2 * error / size;
    if (scale != 0) scaled_ += error / scale;
    if (actual[i] == 0) {
      has_zero_ = true;
    } else {
      percentage_ += error / std::abs(actual[i]);
    }
    for (std::size_t k = 0; k < forecast.intervals.size(); ++k) {
      const auto& [level, lower, upper] = forecast.intervals[k];
      if (holds(lower[i], upper[i], actual[i])) covered_[k].reached += 1;
    }
  }
}

Scores ScoreSum::scores() const {
  Scores scores;
  if (count_ == 0) return scores;
  if (!has_zero_) scores.mape = if_finite(100 * percentage_ / count_);
  scores.smape = if_finite(100 * symmetric_ / count_);
  if (!has_no_scale_) scores.mase = if_finite(scaled_ / count_);
  scores.rmse = if_finite(std::sqrt(squared_ / count_));
  scores.mae = if_finite(absolute_ / count_);
  for (const auto& [level, reached] : covered_)
    scores.coverages.push_back({.level = level, .reached = 100 * reached / count_});
  if (!scores.coverages.empty()) scores.coverage = scores.coverages.front().reached;
  scores.tested = static_cast<std::int64_t>(count_);
  return scores;
}

double mase_scale(std::span<const double> training, int season_length) {
  auto lag = static_cast<std::size_t>(season_length);
  if (lag >= training.size()) lag = 1;
  if (lag >= training.size()) return 0;
  double sum = 0;
  for (auto i = lag; i < training.size(); ++i)
    sum += std::abs(training[i] - training[i - lag]);
  return sum / static_cast<double>(training.size() - lag);
}

}  // namespace trainyard::forecast
