#pragma once

#include "worker/models/model.hpp"

#include <span>
#include <vector>

// How a series becomes rows for trees. Trees cannot extrapolate, so they learn the change from one
// period to the next, in standard deviations of all changes, of the logarithm where all values are
// positive. A row describes a period by what was known before it: lagged changes, changes one and
// two seasons ago, their means, how far the last value lies from the last season's mean, and by
// what is known of the period itself: the calendar, its place in the season, covariates.

namespace trainyard::models {

enum class Transform { none, logarithm };

// To and from the space the trees work in.
struct ChangeScale {
  Transform transform = Transform::none;
  double unit = 1.0;   // standard deviation of the changes; 1 when they are all equal
  double drift = 0.0;  // mean change, in units

  double to_level(double value) const;
  double from_level(double level) const;
};

ChangeScale change_scale(std::span<const double> y);

struct FeaturePlan {
  int lags = 1;
  int season_length = 1;
  TimePoint start;
  domain::Frequency frequency;
  std::size_t covariates = 0;

  // In this order: what was known before the period, what is known of it, its covariates.
  std::size_t columns() const;
  std::size_t columns_before() const;
  // Periods before the next that its row looks at, in whole seasons.
  std::size_t memory() const;
  // The same features for the series without its first `periods`, whole seasons.
  FeaturePlan without_first(std::size_t periods) const;
};

// Which features a series of this length can support.
FeaturePlan plan_features(const Series& series);

// Values of the covariates at one period.
std::vector<float> covariates_at(std::span<const std::span<const double>> covariates,
                                 std::size_t t);

// A series that grows by one value at a time. Levels are transformed values; NaN marks what lies
// before the first observation.
class ChangeHistory {
 public:
  ChangeHistory(const FeaturePlan& plan, const ChangeScale& scale, std::span<const double> levels);

  // As much of the end of `levels` as the rows to come look at.
  static ChangeHistory recent(const FeaturePlan& plan, const ChangeScale& scale,
                              std::span<const double> levels);

  const FeaturePlan& plan() const { return plan_; }
  const std::vector<double>& levels() const { return levels_; }
  std::size_t size() const { return levels_.size(); }
  double level() const { return levels_.back(); }
  double change(std::size_t t) const { return changes_[t]; }

  // The row of period `t` <= size(), seen from before it.
  void append_row(std::size_t t, std::span<const float> covariates, std::vector<float>& row) const;
  void append_change(double change);
  void append_level(double level);

 private:
  FeaturePlan plan_;
  ChangeScale scale_;
  std::vector<double> levels_;
  std::vector<double> changes_;  // [t] leads from t − 1 to t, in units; [0] is NaN
  std::vector<double> sums_;     // of levels before t
};

}  // namespace trainyard::models
