#include "worker/models/xgboost/change_features.hpp"

#include "worker/models/xgboost/calendar_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t fixed_columns = 4;     // two rolling means, the gap, the change of a season
constexpr std::size_t seasonal_columns = 2;  // changes one and two seasons ago
constexpr std::size_t short_window = 3;
constexpr std::size_t window_without_season = 6;

std::size_t window_of(const FeaturePlan& plan) {
  return plan.season_length > 1 ? plan.season_length : window_without_season;
}

}  // namespace

double ChangeScale::to_level(double value) const {
  return transform == Transform::logarithm ? std::log(value) : value;
}

double ChangeScale::from_level(double level) const {
  return transform == Transform::logarithm ? std::exp(level) : level;
}

ChangeScale change_scale(std::span<const double> y) {
  ChangeScale scale;
  if (std::ranges::min(y) > 0.0) scale.transform = Transform::logarithm;
  const auto n = static_cast<double>(y.size() - 1);
  const double mean = (scale.to_level(y.back()) - scale.to_level(y.front())) / n;
  double squares = 0.0;
  for (std::size_t t = 1; t < y.size(); ++t) {
    const double d = scale.to_level(y[t]) - scale.to_level(y[t - 1]) - mean;
    squares += d * d;
  }
  if (squares > 0.0) scale.unit = std::sqrt(squares / n);
  scale.drift = mean / scale.unit;
  return scale;
}

std::size_t FeaturePlan::columns() const {
  const std::size_t place_in_season = season_length > 1 ? 1 : 0;
  return columns_before() + place_in_season + calendar_feature_count(frequency) + covariates;
}

std::size_t FeaturePlan::columns_before() const {
  return lags + fixed_columns + (season_length > 1 ? seasonal_columns : 0);
}

std::size_t FeaturePlan::memory() const {
  const std::size_t season = season_length;
  const std::size_t furthest = std::max(2 * season, static_cast<std::size_t>(lags)) + 1;
  const std::size_t periods = std::max(furthest, window_without_season + 1);
  return (periods + season - 1) / season * season;
}

FeaturePlan FeaturePlan::without_first(std::size_t periods) const {
  FeaturePlan rest = *this;
  rest.start = domain::advance(start, frequency, static_cast<std::int64_t>(periods));
  return rest;
}

FeaturePlan plan_features(const Series& series) {
  constexpr int lags_max = 12;
  const int n = static_cast<int>(series.y.size());
  const int season = std::max(1, series.season_length);
  return {.lags = std::clamp(n / 5, 1, lags_max),
          .season_length = n >= 2 * season ? season : 1,
          .start = series.start,
          .frequency = series.frequency,
          .covariates = series.covariates.size()};
}

std::vector<float> covariates_at(std::span<const std::span<const double>> covariates,
                                 std::size_t t) {
  std::vector<float> values;
  for (const auto& covariate : covariates)
    values.push_back(static_cast<float>(covariate[t]));
  return values;
}

ChangeHistory::ChangeHistory(const FeaturePlan& plan, const ChangeScale& scale,
                             std::span<const double> levels)
    : plan_(plan),
      scale_(scale),
      levels_{levels.front()},
      changes_{std::numeric_limits<double>::quiet_NaN()},
      sums_{0.0, 0.0} {
  for (const double level : levels.subspan(1))
    append_level(level);
}

ChangeHistory ChangeHistory::recent(const FeaturePlan& plan, const ChangeScale& scale,
                                    std::span<const double> levels) {
  const std::size_t season = plan.season_length;
  const std::size_t spare = levels.size() - std::min(levels.size(), plan.memory());
  const std::size_t skipped = spare / season * season;
  return {plan.without_first(skipped), scale, levels.subspan(skipped)};
}

void ChangeHistory::append_row(std::size_t t, std::span<const float> covariates,
                               std::vector<float>& row) const {
  const auto change_before = [&](std::size_t periods) {
    return periods < t ? static_cast<float>(changes_[t - periods]) : missing;
  };
  for (std::size_t lag = 1; std::cmp_less_equal(lag, plan_.lags); ++lag)
    row.push_back(change_before(lag));

  const std::size_t window = window_of(plan_);
  const auto in_units = [&](double difference) {
    return static_cast<float>(difference / scale_.unit);
  };
  row.push_back(t > short_window ? in_units((levels_[t - 1] - levels_[t - 1 - short_window]) /
                                            static_cast<double>(short_window))
                                 : missing);
  const double mean =
      t >= window ? (sums_[t] - sums_[t - window]) / static_cast<double>(window) : 0.0;
  row.push_back(t >= window ? in_units(levels_[t - 1] - levels_.front() - mean) : missing);
  row.push_back(t > window ? in_units(levels_[t - 1] - levels_[t - 1 - window]) : missing);
  row.push_back(t >= window ? in_units(levels_[t - 1] - levels_[t - window]) : missing);
  if (plan_.season_length > 1) {
    const std::size_t season = plan_.season_length;
    row.push_back(change_before(season));
    row.push_back(change_before(2 * season));
    row.push_back(static_cast<float>(t % season));
  }
  append_calendar_features(
      domain::advance(plan_.start, plan_.frequency, static_cast<std::int64_t>(t)), plan_.frequency,
      row);
  row.insert(row.end(), covariates.begin(), covariates.end());
}

void ChangeHistory::append_change(double change) {
  changes_.push_back(change);
  levels_.push_back(levels_.back() + change * scale_.unit);
  sums_.push_back(sums_.back() + levels_.back() - levels_.front());
}

void ChangeHistory::append_level(double level) {
  changes_.push_back((level - levels_.back()) / scale_.unit);
  levels_.push_back(level);
  sums_.push_back(sums_.back() + level - levels_.front());
}

}  // namespace trainyard::models
