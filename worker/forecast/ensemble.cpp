#include "worker/forecast/ensemble.hpp"

#include <algorithm>
#include <array>

namespace trainyard::forecast {
namespace {

constexpr std::array<std::string_view, 3> baselines{"naive", "seasonal_naive", "drift"};
constexpr std::array<std::string_view, 3> default_members{"ets", "theta", "xgboost"};
constexpr std::array<std::string_view, 4> default_models{"seasonal_naive", "ets", "theta",
                                                         "xgboost"};

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

}  // namespace

models::Forecast mean_of(std::span<const FitOutcome> members) {
  const double weight = 1.0 / static_cast<double>(members.size());
  models::Forecast mean;
  mean.intervals.resize(members.front().forecast.intervals.size());
  for (const auto& member : members) {
    add(mean.mean, member.forecast.mean, weight);
    for (std::size_t i = 0; i < mean.intervals.size(); ++i) {
      mean.intervals[i].level = member.forecast.intervals[i].level;
      add(mean.intervals[i].lower, member.forecast.intervals[i].lower, weight);
      add(mean.intervals[i].upper, member.forecast.intervals[i].upper, weight);
    }
  }
  // Rounding of equal bounds may cross by a last bit.
  for (auto& interval : mean.intervals) {
    for (std::size_t i = 0; i < mean.mean.size(); ++i) {
      interval.lower[i] = std::min(interval.lower[i], mean.mean[i]);
      interval.upper[i] = std::max(interval.upper[i], mean.mean[i]);
    }
  }
  return mean;
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
                                       std::span<const std::string_view> existing) {
  std::vector<std::string> models;
  const auto append = [&](std::string_view name) {
    if (!has(models, name)) models.emplace_back(name);
  };
  for (const auto& name : asked) {
    if (name != "auto") {
      append(name);
      continue;
    }
    for (const auto& model : existing_of(default_models, existing))
      append(model);
    append(ensemble_name);
  }
  return models;
}

}  // namespace trainyard::forecast
