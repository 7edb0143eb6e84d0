#include "worker/forecast/backtest.hpp"

#include <algorithm>

namespace trainyard::forecast {

std::size_t training_min(int season_length) {
  return static_cast<std::size_t>(std::max(2, season_length + 1));
}

std::vector<Window> plan_windows(std::size_t length, int horizon, const domain::BacktestSpec& spec,
                                 int season_length) {
  std::vector<Window> windows;
  const auto step = static_cast<std::size_t>(spec.step.value_or(horizon));
  const auto gap = static_cast<std::size_t>(spec.gap);
  const auto least = training_min(season_length) + gap;
  if (spec.size && static_cast<std::size_t>(*spec.size) + gap < least) return windows;
  for (int i = spec.windows - 1; i >= 0; --i) {
    const auto behind = static_cast<std::size_t>(i) * step + static_cast<std::size_t>(horizon);
    if (behind + least > length) continue;
    const auto test = length - behind;
    windows.push_back({.first = 0, .train = test - gap, .test = test});
  }
  if (spec.window == domain::TrainingWindow::expanding || windows.empty()) return windows;
  const auto size = spec.size ? static_cast<std::size_t>(*spec.size) : windows.front().train;
  for (auto& window : windows)
    window.first = window.train - std::min(window.train, size);
  return windows;
}

}  // namespace trainyard::forecast
