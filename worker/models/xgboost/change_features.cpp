#include "worker/models/xgboost/change_features.hpp"

#include "worker/models/xgboost/calendar_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t columns_per_window = 2;  // mean change in it, distance from its mean
constexpr std::size_t seasonal_columns = 3;    // last season's level, changes one and two ago

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double standard_deviation(std::span<const double> values, double mean) {
  double squares = 0.0;
  for (const double v : values)
    squares += (v - mean) * (v - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// The last known period at the same place of the season as the `step`-th after `origin` lies so
// many periods before that.
std::size_t seasons_back(std::size_t season, std::size_t step) {
  return season * ((step - 1) / season + 1);
}

}  // namespace

float to_float(double value) {
  constexpr double largest = 1e37;
  if (std::abs(value) < std::numeric_limits<float>::min()) return 0.0F;
  return static_cast<float>(std::clamp(value, -largest, largest));
}

double ChangeScale::to_level(double value) const {
  return transform == Transform::logarithm ? std::log(value) : value;
}

double ChangeScale::from_level(double level) const {
  return transform == Transform::logarithm ? std::exp(level) : level;
}

ChangeScale change_scale(std::span<const double> y, const FeaturePlan& plan, Transform transform,
                         Scaling scaling) {
  constexpr double normal_per_median_deviation = 1.4826;
  ChangeScale scale{.transform = transform};
  std::vector<double> levels;
  for (const double v : y) {
    levels.push_back(scale.to_level(v));
    scale.center += levels.back() / static_cast<double>(y.size());
  }
  const ChangeHistory history(plan, scale, levels);
  std::vector<double> changes;
  for (std::size_t t = plan.first_origin(); t < y.size(); ++t)
    changes.push_back(history.change(t, 1));
  double mean = 0.0;
  for (const double c : changes)
    mean += c / static_cast<double>(changes.size());
  if (scaling == Scaling::robust) {
    auto deviations = changes;
    const double median = median_of(changes);
    for (double& d : deviations)
      d = std::abs(d - median);
    scale.unit = normal_per_median_deviation * median_of(std::move(deviations));
  }
  // More than half of the changes may be equal.
  if (scaling == Scaling::standard || (scaling == Scaling::robust && !(scale.unit > 0.0)))
    scale.unit = standard_deviation(changes, mean);
  if (!(scale.unit > 0.0)) scale.unit = 1.0;
  scale.drift = mean / scale.unit;
  return scale;
}

std::size_t FeaturePlan::columns() const {
  const std::size_t place = season_length > 1 && has_place ? 1 : 0;
  const std::size_t calendar = has_calendar ? calendar_feature_count(frequency) : 0;
  return columns_before() + place + calendar + covariates;
}

std::size_t FeaturePlan::columns_before() const {
  const std::size_t season = season_length > 1 ? seasonal_columns : 0;
  const std::size_t ahead = steps > 1 ? 1 : 0;
  return lags.size() + columns_per_window * windows.size() + season + ahead;
}

std::size_t FeaturePlan::first_origin() const {
  return differencing == Differencing::seasonal ? season_length : 1;
}

std::size_t FeaturePlan::memory() const {
  const std::size_t season = season_length;
  std::size_t furthest = season + seasons_back(season, steps);
  if (!lags.empty()) furthest = std::max(furthest, static_cast<std::size_t>(lags.back()));
  if (!windows.empty()) furthest = std::max(furthest, static_cast<std::size_t>(windows.back()));
  furthest += first_origin() + 1;
  return (furthest + season - 1) / season * season;
}

FeaturePlan FeaturePlan::without_first(std::size_t periods) const {
  FeaturePlan rest = *this;
  rest.start = domain::advance(start, frequency, static_cast<std::int64_t>(periods));
  return rest;
}

std::vector<float> covariates_at(std::span<const std::span<const double>> covariates,
                                 std::size_t t) {
  std::vector<float> values;
  for (const auto& covariate : covariates)
    values.push_back(to_float(covariate[t]));
  return values;
}

ChangeHistory::ChangeHistory(const FeaturePlan& plan, const ChangeScale& scale,
                             std::span<const double> levels)
    : plan_(plan), scale_(scale), sums_{0.0} {
  for (const double level : levels)
    append_level(level);
}

ChangeHistory ChangeHistory::known_at(std::size_t origin) const {
  const std::size_t season = plan_.season_length;
  const std::size_t spare = origin - std::min(origin, plan_.memory());
  const std::size_t skipped = spare / season * season;
  return {plan_.without_first(skipped), scale_,
          std::span(levels_).subspan(skipped, origin - skipped)};
}

double ChangeHistory::reference(std::size_t origin, std::size_t step) const {
  switch (plan_.differencing) {
    case Differencing::none:
      return scale_.center;
    case Differencing::first:
      return levels_[origin - 1];
    case Differencing::seasonal:
      break;
  }
  return levels_[origin + step - 1 - seasons_back(plan_.season_length, step)];
}

double ChangeHistory::change(std::size_t origin, std::size_t step) const {
  return (levels_[origin + step - 1] - reference(origin, step)) / scale_.unit;
}

double ChangeHistory::level_after(std::size_t origin, std::size_t step, double change) const {
  return reference(origin, step) + change * scale_.unit;
}

void ChangeHistory::append_level(double level) {
  levels_.push_back(level);
  const std::size_t origin = levels_.size() - 1;
  changes_.push_back(origin >= plan_.first_origin() ? change(origin, 1)
                                                    : std::numeric_limits<double>::quiet_NaN());
  sums_.push_back(sums_.back() + level - levels_.front());
}

void ChangeHistory::append_row(std::size_t origin, std::size_t step,
                               std::span<const float> covariates, std::vector<float>& row) const {
  const auto in_units = [&](double difference) { return to_float(difference / scale_.unit); };
  for (const std::size_t lag : plan_.lags)
    row.push_back(lag <= origin ? to_float(changes_[origin - lag]) : missing);
  const double last = levels_[origin - 1];
  for (const std::size_t window : plan_.windows) {
    const auto periods = static_cast<double>(window);
    row.push_back(origin > window ? in_units((last - levels_[origin - 1 - window]) / periods)
                                  : missing);
    row.push_back(origin >= window ? in_units(last - levels_.front() -
                                              (sums_[origin] - sums_[origin - window]) / periods)
                                   : missing);
  }
  if (plan_.season_length > 1) append_season(origin, step, row);
  if (plan_.steps > 1) row.push_back(static_cast<float>(step));
  const std::size_t period = origin + step - 1;
  if (plan_.season_length > 1 && plan_.has_place)
    row.push_back(static_cast<float>(period % plan_.season_length));
  if (plan_.has_calendar)
    append_calendar_features(
        domain::advance(plan_.start, plan_.frequency, static_cast<std::int64_t>(period)),
        plan_.frequency, row);
  row.insert(row.end(), covariates.begin(), covariates.end());
}

void ChangeHistory::append_season(std::size_t origin, std::size_t step,
                                  std::vector<float>& row) const {
  const std::size_t season = plan_.season_length;
  const std::size_t back = seasons_back(season, step);
  const auto change_before = [&](std::size_t periods) {
    return origin > periods
               ? to_float((levels_[origin + step - 1 - periods] - levels_[origin - 1 - periods]) /
                          scale_.unit)
               : missing;
  };
  row.push_back(
      origin + step > back
          ? to_float((levels_[origin - 1] - levels_[origin + step - 1 - back]) / scale_.unit)
          : missing);
  row.push_back(change_before(back));
  row.push_back(change_before(back + season));
}

}  // namespace trainyard::models
