#include "worker/forecast/ensemble.hpp"

#include "worker/forecast/median.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace trainyard::forecast {
namespace {

constexpr std::array<std::string_view, 3> baselines{"naive", "seasonal_naive", "drift"};
constexpr std::array<std::string_view, 3> default_members{"ets", "theta", "xgboost"};
constexpr std::array<std::string_view, 7> usual_models{
    "seasonal_naive", "theta", "lgt", "lsgt", "ets", "ces", "mstl"};
constexpr std::array<std::string_view, 3> brief_models{"seasonal_naive", "theta", "lsgt"};
constexpr std::array<std::string_view, 6> month_models{"seasonal_naive", "theta", "lgt",
                                                       "lsgt",           "mstl",  "arima"};
constexpr std::array<std::string_view, 3> weekday_models{"ces", "prophet", "xgboost"};
constexpr std::array<std::string_view, 5> long_season_models{"lsgt", "ets", "ces", "mstl",
                                                             "xgboost"};
constexpr std::array<std::string_view, 2> covariate_models{"arima", "xgboost"};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

template <class Names>
std::vector<std::string> existing_of(const Names& wanted,
                                     std::span<const std::string_view> existing) {
  std::vector<std::string> found;
  for (const auto name : wanted) {
    if (has(existing, name)) found.emplace_back(name);
  }
  if (found.empty() && !existing.empty()) found.emplace_back(existing.front());
  return found;
}

void add(std::vector<double>& sum, std::span<const double> values, double weight) {
  sum.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    sum[i] += weight * values[i];
}

// The median of each place, over the members' values that `values_of` names.
template <class ValuesOf>
std::vector<double> medians(std::span<const FitOutcome> members, const ValuesOf& values_of) {
  std::vector<double> result;
  std::vector<double> column(members.size());
  for (std::size_t h = 0; h < members.front().forecast.mean.size(); ++h) {
    for (std::size_t i = 0; i < members.size(); ++i)
      column[i] = values_of(members[i].forecast)[h];
    result.push_back(median(column));
  }
  return result;
}

// Rounding of equal bounds may cross by a last bit.
void uncross(models::Forecast& forecast) {
  for (auto& interval : forecast.intervals) {
    for (std::size_t i = 0; i < forecast.mean.size(); ++i) {
      interval.lower[i] = std::min(interval.lower[i], forecast.mean[i]);
      interval.upper[i] = std::max(interval.upper[i], forecast.mean[i]);
    }
  }
}

}  // namespace

models::Forecast weighted_mean_of(std::span<const FitOutcome> members,
                                  std::span<const double> weights) {
  models::Forecast mean;
  mean.intervals.resize(members.front().forecast.intervals.size());
  for (std::size_t member = 0; member < members.size(); ++member) {
    const auto& forecast = members[member].forecast;
    add(mean.mean, forecast.mean, weights[member]);
    for (std::size_t i = 0; i < mean.intervals.size(); ++i) {
      mean.intervals[i].level = forecast.intervals[i].level;
      add(mean.intervals[i].lower, forecast.intervals[i].lower, weights[member]);
      add(mean.intervals[i].upper, forecast.intervals[i].upper, weights[member]);
    }
  }
  uncross(mean);
  return mean;
}

models::Forecast median_of(std::span<const FitOutcome> members) {
  using models::Forecast;
  Forecast combined{.mean = medians(members, [](const Forecast& f) { return std::span(f.mean); })};
  for (std::size_t i = 0; i < members.front().forecast.intervals.size(); ++i) {
    combined.intervals.push_back({
        .level = members.front().forecast.intervals[i].level,
        .lower =
            medians(members, [&](const Forecast& f) { return std::span(f.intervals[i].lower); }),
        .upper =
            medians(members, [&](const Forecast& f) { return std::span(f.intervals[i].upper); }),
    });
  }
  uncross(combined);
  return combined;
}

std::vector<double> inverse_error_weights(std::span<const std::optional<double>> errors) {
  std::vector<double> known;
  for (const auto& error : errors)
    if (error) known.push_back(*error);
  const double least = known.empty() ? 1.0 : std::ranges::min(known);
  const double usual =
      std::accumulate(known.begin(), known.end(), 0.0) / static_cast<double>(known.size());

  std::vector<double> weights;
  for (const auto& error : errors) {
    const double value = error.value_or(known.empty() ? least : usual);
    weights.push_back(value > least ? least / value : 1.0);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights)
    weight /= total;
  return weights;
}

std::vector<double> inverse_squared_weights(std::span<const std::optional<double>> errors) {
  auto weights = inverse_error_weights(errors);
  double total = 0.0;
  for (double& weight : weights) {
    weight *= weight;
    total += weight;
  }
  for (double& weight : weights)
    weight /= total;
  return weights;
}

std::vector<double> times_worth(std::vector<double> weights, std::span<const std::string> names,
                                const Worth& worth) {
  double total = 0.0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = worth.find(names[i]);
    if (found != worth.end()) weights[i] *= found->second;
    total += weights[i];
  }
  for (double& weight : weights)
    weight /= total;
  return weights;
}

AutoMembers auto_members(std::span<const std::string_view> existing, const AutoScope& scope) {
  const auto with_covariates = [&](std::vector<std::string> members) {
    if (scope.covariates == 0) return members;
    for (const auto name : covariate_models) {
      if (has(existing, name) && !has(members, name)) members.emplace_back(name);
    }
    return members;
  };
  const auto chosen = [&](const auto& wanted) {
    return with_covariates(existing_of(wanted, existing));
  };
  return {.usual = chosen(usual_models),
          .special = {{HistoryKind::brief, chosen(brief_models)},
                      {HistoryKind::months, chosen(month_models)},
                      {HistoryKind::weekdays, chosen(weekday_models)},
                      {HistoryKind::long_season, chosen(long_season_models)}},
          .worth = {{"lsgt", 2.0}, {"seasonal_naive", 0.5}}};
}

HistoryKind history_kind(int season_length, std::size_t length) {
  constexpr std::size_t brief = 50;
  constexpr std::size_t many_days = 100;
  constexpr int long_season = 24;
  if (season_length == 1) return length < brief ? HistoryKind::brief : HistoryKind::usual;
  if (season_length == 12) return HistoryKind::months;
  if (season_length == 5 || season_length == 7)
    return length >= many_days ? HistoryKind::weekdays : HistoryKind::usual;
  const bool is_long =
      season_length >= long_season && length >= 2 * static_cast<std::size_t>(season_length);
  return is_long ? HistoryKind::long_season : HistoryKind::usual;
}

std::vector<std::string> choose_members(std::span<const std::string> asked,
                                        std::span<const std::string_view> existing) {
  std::vector<std::string> members;
  std::vector<std::string> without_baselines;
  for (const auto& name : asked) {
    if (name == ensemble_name) continue;
    members.push_back(name);
    if (!has(baselines, name)) without_baselines.push_back(name);
  }
  if (without_baselines.size() >= 2) return without_baselines;
  return members.empty() ? existing_of(default_members, existing) : members;
}

std::vector<std::string> expand_models(std::span<const std::string> asked,
                                       std::span<const std::string_view> existing,
                                       const AutoScope& scope) {
  std::vector<std::string> models;
  const auto append = [&](std::string_view name) {
    if (!has(models, name)) models.emplace_back(name);
  };
  for (const auto& name : asked) {
    if (name != "auto") {
      append(name);
      continue;
    }
    for (const auto& model : auto_members(existing, scope).usual)
      append(model);
    append(ensemble_name);
  }
  return models;
}

}  // namespace trainyard::forecast
