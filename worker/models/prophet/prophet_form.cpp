#include "worker/models/prophet/prophet_form.hpp"

#include "worker/models/numeric/normal_bands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace trainyard::models {
namespace {

using std::chrono::days;

constexpr std::size_t coefficients_max = 500;

std::unexpected<Error> refuse(std::string_view option, std::string detail) {
  return fail({.code = Errc::invalid_argument,
               .detail = std::move(detail),
               .field = fmt::format("hyperparameters.prophet.{}", option),
               .category = Category::config});
}

double largest_magnitude(std::span<const double> values) {
  double largest = 0.0;
  for (const double value : values)
    largest = std::max(largest, std::abs(value));
  return largest;
}

class Planner {
 public:
  Planner(const Series& series, const ProphetOptions& options)
      : series_(series), options_(options) {
    plan_.form.trend.growth = options.growth;
  }

  Result<ProphetPlan> run(const std::stop_token& stop) {
    TRY_DO(set_clock(stop));
    TRY_DO(set_units());
    TRY_DO(set_changepoints());
    TRY_DO(add_seasonalities());
    TRY_DO(add_holidays());
    TRY_DO(add_covariates());
    const auto count = plan_.prior_scales.size() + plan_.form.trend.changepoints.size();
    if (count > coefficients_max)
      return refuse("", fmt::format("changepoints, seasonalities, holidays and covariates have {} "
                                    "coefficients, at most {} are taken",
                                    count, coefficients_max));
    return std::move(plan_);
  }

 private:
  Result<void> set_clock(const std::stop_token& stop) {
    auto& clock = plan_.form.clock;
    clock = {.start = series_.start, .frequency = series_.frequency};
    times_ = clock.times(0, series_.y.size(), stop);
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (!std::ranges::is_sorted(times_, std::less_equal()))
      return fail({.code = Errc::invalid_argument,
                   .detail = "expected dates of the years -32767 to 32767",
                   .hint = "use a finer frequency or a later start"});
    clock.span = times_.back() - times_.front();
    return {};
  }

  Result<void> set_units() {
    auto& units = plan_.form.units;
    if (const double largest = largest_magnitude(series_.y); largest > 0.0) units.outer = largest;
    if (options_.growth != Growth::logistic) return {};
    const double floor = options_.floor.value_or(0.0);
    const auto [least, most] = std::ranges::minmax(series_.y);
    if (*options_.cap < most)
      return refuse("cap", fmt::format("expected at least the largest observation {}, got {}", most,
                                       *options_.cap));
    if (floor > least)
      return refuse("floor", fmt::format("expected at most the smallest observation {}, got {}",
                                         least, floor));
    units.floor = floor / units.outer;
    double largest = 0.0;
    for (const double value : series_.y)
      largest = std::max(largest, std::abs(units.value(value)));
    if (largest > 0.0) units.inner = largest;
    plan_.form.trend.cap = units.value(*options_.cap);
    constexpr double far = 1e100;
    if (!(plan_.form.trend.cap < far) || !(std::abs(units.floor) < far))
      return refuse("cap", fmt::format("expected cap and floor within {} times the series", far));
    return {};
  }

  Result<void> set_changepoints() {
    if (options_.growth == Growth::flat) return {};
    auto& changepoints = plan_.form.trend.changepoints;
    const auto& clock = plan_.form.clock;
    if (options_.changepoints) {
      for (const auto time : *options_.changepoints) {
        if (time < times_.front() || time > times_.back())
          return refuse(
              "changepoints",
              fmt::format("expected times from {} to {}, the observations', got {}",
                          to_iso8601(times_.front()), to_iso8601(times_.back()), to_iso8601(time)));
        changepoints.push_back(clock.scaled(time));
      }
      std::ranges::sort(changepoints);
      return {};
    }
    const auto among =
        static_cast<int>(static_cast<double>(times_.size()) * options_.changepoint_range);
    const int count = std::clamp(among - 1, 0, options_.n_changepoints);
    const double step = static_cast<double>(among - 1) / std::max(1, count);
    for (int i = 1; i <= count; ++i)
      changepoints.push_back(clock.scaled(times_[std::lrint(i * step)]));
    return {};
  }

  Result<void> add_seasonalities() {
    for (const auto& season : options_.seasonalities)
      TRY_DO(add_seasonality(season));
    const auto length = times_.back() - times_.front();
    auto spacing = length;
    for (std::size_t i = 1; i < times_.size(); ++i)
      spacing = std::min(spacing, times_[i] - times_[i - 1]);
    TRY_DO(add_usual("yearly", 365.25, options_.yearly_seasonality, length >= days(730) ? 10 : 0));
    TRY_DO(add_usual("weekly", 7.0, options_.weekly_seasonality,
                     length >= days(14) && spacing < days(7) ? 3 : 0));
    return add_usual("daily", 1.0, options_.daily_seasonality,
                     length >= days(2) && spacing < days(1) ? 4 : 0);
  }

  // A seasonality of the user's with the same name takes the place of an automatic one.
  Result<void> add_usual(std::string_view name, double period, std::optional<int> asked,
                         int automatic) {
    if (!asked && std::ranges::count(options_.seasonalities, name, &ProphetSeasonality::name) > 0)
      return {};
    const int order = asked.value_or(automatic);
    if (order == 0) return {};
    return add_seasonality({.name = std::string(name),
                            .period = period,
                            .fourier_order = order,
                            .prior_scale = options_.seasonality_prior_scale,
                            .effect = options_.seasonality_mode});
  }

  Result<void> add_seasonality(const ProphetSeasonality& season) {
    auto name = "season " + season.name;
    if (std::ranges::count(plan_.form.groups, name, &FeatureGroup::name) > 0)
      return refuse("seasonalities",
                    fmt::format("expected different names: two have the name '{}'", season.name));
    add({.name = std::move(name),
         .effect = season.effect,
         .kind = FourierColumns{.period = season.period, .order = season.fourier_order}},
        season.prior_scale);
    return {};
  }

  // One column per name and day of the window, into which entries of the same name merge.
  Result<void> add_holidays() {
    std::map<std::pair<std::string, int>, std::vector<std::chrono::sys_days>> columns;
    std::map<std::string, double> scales;
    for (const auto& holiday : options_.holidays) {
      const auto [known, is_new] = scales.try_emplace(holiday.name, holiday.prior_scale);
      if (!is_new && known->second != holiday.prior_scale)
        return refuse("holidays",
                      fmt::format("expected one each: '{}' has two prior scales", holiday.name));
      for (int offset = holiday.lower_window; offset <= holiday.upper_window; ++offset)
        for (const auto day : holiday.days)
          columns[{holiday.name, offset}].push_back(day + days(offset));
    }
    if (columns.empty()) return {};
    HolidayColumns holidays;
    for (auto& [key, column] : columns) {
      std::ranges::sort(column);
      holidays.days.push_back(std::move(column));
      plan_.prior_scales.push_back(scales[key.first]);
    }
    plan_.form.groups.push_back(
        {.name = "holidays", .effect = options_.holidays_mode, .kind = std::move(holidays)});
    return {};
  }

  Result<void> add_covariates() {
    const auto count = series_.covariates.size();
    if (!options_.regressors.empty() && options_.regressors.size() != count)
      return refuse("regressors",
                    fmt::format("expected one for each covariate: the series has {}, got {}", count,
                                options_.regressors.size()));
    for (std::size_t i = 0; i < count; ++i) {
      const ProphetRegressor usual{.prior_scale = options_.holidays_prior_scale,
                                   .effect = options_.seasonality_mode};
      const auto& regressor = options_.regressors.empty() ? usual : options_.regressors[i];
      CovariateColumn column{.covariate = i};
      double prior_scale = regressor.prior_scale;
      if (const auto values = series_.covariates[i]; is_standardised(values, regressor)) {
        standardise(column, values);
      } else {
        // Divided by its size for the arithmetic's sake; the wider prior undoes it.
        column.unit = std::max(1.0, largest_magnitude(values));
        prior_scale *= column.unit;
      }
      add({.name = fmt::format("covariate {}", i), .effect = regressor.effect, .kind = column},
          prior_scale);
    }
    return {};
  }

  static bool is_standardised(std::span<const double> values, const ProphetRegressor& regressor) {
    const auto [least, most] = std::ranges::minmax(values);
    if (least == most || regressor.standardise == Standardise::never) return false;
    const auto is_indicator = [](double v) { return v == 0.0 || v == 1.0; };
    return regressor.standardise == Standardise::always ||
           !std::ranges::all_of(values, is_indicator);
  }

  // By the mean and the deviation of a sample.
  static void standardise(CovariateColumn& column, std::span<const double> values) {
    const double largest = largest_magnitude(values);
    const auto n = static_cast<double>(values.size());
    double mean = 0.0;
    for (const double value : values)
      mean += value / largest / n;
    double squares = 0.0;
    for (const double value : values)
      squares += (value / largest - mean) * (value / largest - mean);
    column.mean = largest * mean;
    column.unit = finite(largest * std::sqrt(squares / (n - 1.0)));
    if (column.unit == 0.0) column.unit = 1.0;
  }

  void add(FeatureGroup group, double prior_scale) {
    plan_.prior_scales.insert(plan_.prior_scales.end(), group.columns(), prior_scale);
    plan_.form.groups.push_back(std::move(group));
  }

  const Series& series_;
  const ProphetOptions& options_;
  std::vector<TimePoint> times_;
  ProphetPlan plan_;
};

}  // namespace

std::vector<TimePoint> ProphetClock::times(std::size_t first, std::size_t count,
                                           const std::stop_token& stop) const {
  std::vector<TimePoint> all;
  all.reserve(count);
  for (std::size_t i = first; i < first + count; ++i) {
    if (i % 4096 == 0 && stop.stop_requested()) break;
    all.push_back(domain::advance(start, frequency, static_cast<std::int64_t>(i)));
  }
  return all;
}

double ProphetClock::scaled(TimePoint time) const {
  return static_cast<double>((time - start).count()) / static_cast<double>(span.count());
}

std::vector<double> ProphetClock::scaled(std::span<const TimePoint> times) const {
  std::vector<double> all;
  all.reserve(times.size());
  for (const auto time : times)
    all.push_back(scaled(time));
  return all;
}

Result<ProphetPlan> plan_prophet(const Series& series, const ProphetOptions& options,
                                 const std::stop_token& stop) {
  return Planner(series, options).run(stop);
}

}  // namespace trainyard::models
