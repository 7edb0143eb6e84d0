#pragma once

#include "worker/models/model.hpp"

#include <span>
#include <vector>

// How a series becomes rows for trees. Trees cannot extrapolate, so they learn changes: how far a
// period's level lies from a reference that its origin knows, in units of what is typical. A level
// is the value or its logarithm. A row describes one period ahead of an origin by what was known
// there (lagged changes, changes over windows and the distance from their means, what came one and
// two seasons ago) and by what is known of the period itself (how far ahead it lies, the calendar,
// its place in the season, covariates).

namespace trainyard::models {

// As the library takes it: NaN is a missing feature, numbers past what a float holds are cut to
// ±1e37, and those too small for all of a float's digits are 0.
float to_float(double value);

enum class Transform { none, logarithm };

// The reference of a change: the mean of the levels learned from, the last level, or the last one
// at the same place of the season.
enum class Differencing { none, first, seasonal };

// What changes are measured in: units of the largest value, standard deviations, or 1.4826 median
// deviations from the median, which outliers do not move.
enum class Scaling { none, standard, robust };

struct FeaturePlan {
  Differencing differencing = Differencing::first;
  std::vector<int> lags{1};  // of changes, periods
  std::vector<int> windows;  // periods
  int steps = 1;             // that one row may look ahead; further periods build on those before
  int season_length = 1;
  bool has_place = true;     // whether a row tells its period's place in the season
  bool has_calendar = true;  // and what the calendar says
  TimePoint start;
  domain::Frequency frequency;
  std::size_t covariates = 0;

  // In this order: what was known before the period, what is known of it, its covariates.
  std::size_t columns() const;
  std::size_t columns_before() const;
  // The first origin (periods known) from which changes are defined.
  std::size_t first_origin() const;
  // Periods before an origin that its rows look at, in whole seasons.
  std::size_t memory() const;
  // The same features for the series without its first `periods`, whole seasons.
  FeaturePlan without_first(std::size_t periods) const;
};

// To and from the space the trees work in.
struct ChangeScale {
  Transform transform = Transform::none;
  double center = 0.0;  // mean level
  double unit = 1.0;    // of changes; 1 when they are all equal
  double drift = 0.0;   // mean change, in units

  double to_level(double value) const;
  double from_level(double level) const;
};

// By the changes of one period; `y` is positive for logarithms and longer than the first origin.
ChangeScale change_scale(std::span<const double> y, const FeaturePlan& plan, Transform transform,
                         Scaling scaling);

// Values of the covariates at one period.
std::vector<float> covariates_at(std::span<const std::span<const double>> covariates,
                                 std::size_t t);

// A series that grows by one value at a time. Levels are transformed values; NaN marks what lies
// before the first observation.
class ChangeHistory {
 public:
  ChangeHistory(const FeaturePlan& plan, const ChangeScale& scale, std::span<const double> levels);

  // The first `origin` periods, as far as the rows to come look at them.
  ChangeHistory known_at(std::size_t origin) const;

  const FeaturePlan& plan() const { return plan_; }
  const std::vector<double>& levels() const { return levels_; }
  std::size_t size() const { return levels_.size(); }

  // The row of the `step`-th period, from 1 to plan().steps, after the first `origin` ones.
  void append_row(std::size_t origin, std::size_t step, std::span<const float> covariates,
                  std::vector<float>& row) const;
  // What the trees are to say of that row, once its period is known: the change from
  double change(std::size_t origin, std::size_t step) const;
  // the reference.
  double reference(std::size_t origin, std::size_t step) const;
  double level_after(std::size_t origin, std::size_t step, double change) const;
  void append_level(double level);

 private:
  void append_season(std::size_t origin, std::size_t step, std::vector<float>& row) const;

  FeaturePlan plan_;
  ChangeScale scale_;
  std::vector<double> levels_;
  std::vector<double> changes_;  // [t] leads to t from the reference of origin t, in units
  std::vector<double> sums_;     // of levels before t, less the first
};

}  // namespace trainyard::models
