#include "worker/forecast/conformal_bands.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace trainyard::forecast {
namespace {

constexpr double largest = std::numeric_limits<double>::max();

// Of the smallest to count from 1; more than `count` when there are too few for the level.
std::size_t rank_of(std::size_t count, double level) {
  constexpr double rounding = 1e-9;
  return static_cast<std::size_t>(
      std::ceil(static_cast<double>(count + 1) * level / 100.0 - rounding));
}

}  // namespace

void set_bands(models::Forecast& forecast, std::span<const HalfWidths> widths) {
  std::map<double, models::Interval*> by_level;
  for (auto& interval : forecast.intervals)
    by_level[interval.level] = &interval;
  for (const auto& [level, values] : widths) {
    const auto found = by_level.find(level);
    if (found == by_level.end()) continue;
    const auto steps = std::min(values.size(), forecast.mean.size());
    for (std::size_t i = 0; i < steps; ++i) {
      found->second->lower[i] = std::max(forecast.mean[i] - values[i], -largest);
      found->second->upper[i] = std::min(forecast.mean[i] + values[i], largest);
    }
  }
  const models::Interval* narrower = nullptr;
  for (auto& [level, interval] : by_level) {
    for (std::size_t i = 0; narrower != nullptr && i < forecast.mean.size(); ++i) {
      interval->lower[i] = std::min(interval->lower[i], narrower->lower[i]);
      interval->upper[i] = std::max(interval->upper[i], narrower->upper[i]);
    }
    narrower = interval;
  }
}

ConformalBands::ConformalBands(const domain::Frequency& frequency)
    : suits_(frequency.period == domain::Period::month) {}

void ConformalBands::add(const Window& window, std::span<const double> actual,
                         const models::Forecast& forecast) {
  Tested tested{.end = window.test + actual.size(), .sizes = {}};
  for (std::size_t i = 0; i < actual.size(); ++i)
    tested.sizes.push_back(std::min(std::abs(actual[i] - forecast.mean[i]), largest));
  tested_.push_back(std::move(tested));
}

std::vector<HalfWidths> ConformalBands::at(std::size_t known,
                                           std::span<const models::Interval> levels) const {
  std::vector<const Tested*> usable;
  for (const auto& tested : tested_)
    if (tested.end <= known) usable.push_back(&tested);
  std::vector<HalfWidths> widths;
  if (!suits_ || usable.size() < origins_min) return widths;
  for (const auto& interval : levels)
    if (rank_of(usable.size(), interval.level) <= usable.size())
      widths.push_back({.level = interval.level, .values = {}});
  std::vector<double> sizes(usable.size());
  for (std::size_t step = 0; step < usable.front()->sizes.size(); ++step) {
    std::ranges::transform(usable, sizes.begin(),
                           [&](const Tested* tested) { return tested->sizes[step]; });
    std::ranges::sort(sizes);
    for (auto& width : widths)
      width.values.push_back(sizes[rank_of(sizes.size(), width.level) - 1]);
  }
  return widths;
}

}  // namespace trainyard::forecast
