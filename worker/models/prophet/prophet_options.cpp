#include "worker/models/prophet/prophet_options.hpp"

#include "worker/models/hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

using nlohmann::json;

constexpr Bounds any_number{std::numeric_limits<double>::lowest(),
                            std::numeric_limits<double>::max()};
constexpr Bounds prior_scales{1e-9, 1e9};
constexpr double window_max = 60;
constexpr double fourier_order_max = 100;
constexpr std::array<std::string_view, 3> growths{"linear", "logistic", "flat"};
constexpr std::array<std::string_view, 2> modes{"additive", "multiplicative"};

Effect mode(Hyperparameters& settings, std::string_view name, Effect fallback) {
  const auto index = fallback == Effect::additive ? 0 : 1;
  return settings.choice(name, modes[index], modes) == modes[1] ? Effect::multiplicative
                                                                : Effect::additive;
}

std::optional<double> number_if_given(Hyperparameters& settings, std::string_view name) {
  const double value = settings.number(name, std::numeric_limits<double>::quiet_NaN(), any_number);
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

// "auto", true, false or the Fourier order.
std::optional<int> seasonality(Hyperparameters& settings, std::string_view name, int usual) {
  const auto* value = settings.json(name);
  if (value == nullptr || *value == "auto") return std::nullopt;
  if (value->is_boolean()) return value->get<bool>() ? usual : 0;
  if (value->is_number_integer() && *value >= 0 && *value <= fourier_order_max)
    return value->get<int>();
  settings.refuse(name, fmt::format("expected \"auto\", true, false or a Fourier order up to {}",
                                    fourier_order_max));
  return std::nullopt;
}

std::string text(Hyperparameters& settings, std::string_view name) {
  const auto* value = settings.json(name);
  if (value != nullptr && value->is_string() && !value->get_ref<const std::string&>().empty())
    return value->get<std::string>();
  settings.refuse(name, "expected a text");
  return {};
}

std::optional<TimePoint> time_of(const json& value) {
  if (!value.is_string()) return std::nullopt;
  auto form = value.get<std::string>();
  if (form.size() == 10) form += "T00:00:00";
  auto time = from_iso8601(form);
  if (!time) time = from_iso8601(form + 'Z');
  return time ? std::optional(*time) : std::nullopt;
}

// One date or a list of them.
std::vector<TimePoint> times(Hyperparameters& settings, std::string_view name, const json* value) {
  std::vector<TimePoint> all;
  const auto add = [&](const json& item) {
    if (const auto time = time_of(item))
      all.push_back(*time);
    else
      settings.refuse(name, "expected dates such as \"2024-12-25\"");
  };
  if (value != nullptr && value->is_array())
    std::ranges::for_each(*value, add);
  else
    add(value == nullptr ? json() : *value);
  return all;
}

// Reads each object of a list with settings of its own, so that it too refuses what it does not
// know.
template <class Item, class Read>
Result<std::vector<Item>> list(Hyperparameters& settings, std::string_view name, Read read) {
  std::vector<Item> items;
  const auto* value = settings.json(name);
  if (value == nullptr) return items;
  if (!value->is_array()) {
    settings.refuse(name, "expected a list of objects");
    return items;
  }
  for (const json& element : *value) {
    Hyperparameters fields(fmt::format("prophet.{}[{}]", name, items.size()), element.dump());
    items.push_back(read(fields));
    TRY_DO(fields.result());
  }
  return items;
}

ProphetSeasonality read_seasonality(Hyperparameters& fields, const ProphetOptions& options) {
  ProphetSeasonality season{.name = text(fields, "name")};
  season.period = fields.number("period", 0.0, {1e-6, 1e6});
  if (season.period == 0.0) fields.refuse("period", "expected days, such as 30.5");
  season.fourier_order = fields.integer("fourier_order", 0, {1, fourier_order_max});
  if (season.fourier_order == 0)
    fields.refuse("fourier_order", fmt::format("expected 1 to {}", fourier_order_max));
  season.prior_scale = fields.number("prior_scale", options.seasonality_prior_scale, prior_scales);
  season.effect = mode(fields, "mode", options.seasonality_mode);
  return season;
}

ProphetHoliday read_holiday(Hyperparameters& fields, const ProphetOptions& options) {
  ProphetHoliday holiday{.name = text(fields, "holiday")};
  for (const auto time : times(fields, "ds", fields.json("ds")))
    holiday.days.push_back(std::chrono::floor<std::chrono::days>(time));
  holiday.lower_window = fields.integer("lower_window", 0, {-window_max, 0});
  holiday.upper_window = fields.integer("upper_window", 0, {0, window_max});
  holiday.prior_scale = fields.number("prior_scale", options.holidays_prior_scale, prior_scales);
  return holiday;
}

ProphetRegressor read_regressor(Hyperparameters& fields, const ProphetOptions& options) {
  ProphetRegressor regressor;
  regressor.prior_scale = fields.number("prior_scale", options.holidays_prior_scale, prior_scales);
  regressor.effect = mode(fields, "mode", options.seasonality_mode);
  const auto* standardise = fields.json("standardize");
  if (standardise == nullptr || *standardise == "auto") return regressor;
  if (standardise->is_boolean())
    regressor.standardise = standardise->get<bool>() ? Standardise::always : Standardise::never;
  else
    fields.refuse("standardize", "expected \"auto\", true or false");
  return regressor;
}

void read_trend(Hyperparameters& settings, ProphetOptions& options) {
  const auto growth = settings.choice("growth", growths[0], growths);
  options.growth = growth == growths[0]   ? Growth::linear
                   : growth == growths[1] ? Growth::logistic
                                          : Growth::flat;
  options.cap = number_if_given(settings, "cap");
  options.floor = number_if_given(settings, "floor");
  if (options.growth == Growth::logistic && !options.cap)
    settings.refuse("cap", "logistic growth needs a cap: expected a number");
  if (options.growth != Growth::logistic && (options.cap || options.floor))
    settings.refuse(options.cap ? "cap" : "floor", "expected with the growth \"logistic\" only");
  if (options.cap && *options.cap <= options.floor.value_or(0.0))
    settings.refuse("cap", fmt::format("expected more than the floor {}, got {}",
                                       options.floor.value_or(0.0), *options.cap));

  if (const auto* given = settings.json("changepoints"); given != nullptr && !given->is_null())
    options.changepoints = times(settings, "changepoints", given);
  options.n_changepoints = settings.integer("n_changepoints", options.n_changepoints, {0, 300});
  options.changepoint_range =
      settings.number("changepoint_range", options.changepoint_range, {0.0, 1.0});
  options.changepoint_prior_scale =
      settings.number("changepoint_prior_scale", options.changepoint_prior_scale, prior_scales);
}

}  // namespace

Result<ProphetOptions> read_prophet_options(std::string_view json) {
  Hyperparameters settings("prophet", json);
  ProphetOptions options;
  read_trend(settings, options);

  options.yearly_seasonality = seasonality(settings, "yearly_seasonality", 10);
  options.weekly_seasonality = seasonality(settings, "weekly_seasonality", 3);
  options.daily_seasonality = seasonality(settings, "daily_seasonality", 4);
  options.seasonality_prior_scale =
      settings.number("seasonality_prior_scale", options.seasonality_prior_scale, prior_scales);
  options.seasonality_mode = mode(settings, "seasonality_mode", options.seasonality_mode);
  options.holidays_prior_scale =
      settings.number("holidays_prior_scale", options.holidays_prior_scale, prior_scales);
  options.holidays_mode = mode(settings, "holidays_mode", options.seasonality_mode);
  options.uncertainty_samples =
      settings.integer("uncertainty_samples", options.uncertainty_samples, {10, 100'000});

  TRY(options.seasonalities,
      list<ProphetSeasonality>(settings, "seasonalities", [&](Hyperparameters& fields) {
        return read_seasonality(fields, options);
      }));
  TRY(options.holidays, list<ProphetHoliday>(settings, "holidays", [&](Hyperparameters& fields) {
        return read_holiday(fields, options);
      }));
  TRY(options.regressors,
      list<ProphetRegressor>(settings, "regressors", [&](Hyperparameters& fields) {
        return read_regressor(fields, options);
      }));
  TRY_DO(settings.result());
  return options;
}

}  // namespace trainyard::models
