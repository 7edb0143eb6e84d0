#include "worker/models/mstl/stl.hpp"

#include "worker/models/mstl/loess.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

std::size_t odd_at_least(double value) {
  const auto whole = static_cast<std::size_t>(std::ceil(value));
  return whole + (whole + 1) % 2;
}

// Means of `width` neighbours: as many fewer as the width less one.
std::vector<double> moving_means(std::span<const double> y, std::size_t width) {
  std::vector<double> means;
  means.reserve(y.size() - width + 1);
  double sum = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += y[i];
    if (i + 1 < width) continue;
    means.push_back(sum / static_cast<double>(width));
    sum -= y[i + 1 - width];
  }
  return means;
}

class Stl {
 public:
  explicit Stl(const StlTask& task)
      : task_(task),
        trend_({.length = task.y.size(), .window = trend_window(task)}),
        low_pass_({.length = task.y.size(), .window = odd_at_least(season() + 1.0)}),
        short_(
            {.length = task.y.size() / task.season, .window = task.seasonal_window, .degree = 0}),
        long_({.length = task.y.size() / task.season + 1,
               .window = task.seasonal_window,
               .degree = 0}) {}

  StlParts parts() {
    constexpr int passes = 5;
    const std::size_t n = task_.y.size();
    StlParts result{.trend = std::vector<double>(n), .season = std::vector<double>(n)};
    std::vector<double> rest(n);
    for (int i = 0; i < passes && !task_.stop.stop_requested(); ++i) {
      for (std::size_t t = 0; t < n; ++t)
        rest[t] = task_.y[t] - result.trend[t];
      const auto cycles = smoothed_cycles(rest);
      const auto once = moving_means(cycles, task_.season);
      low_pass_.smooth(moving_means(moving_means(once, task_.season), 3), rest, task_.stop);
      for (std::size_t t = 0; t < n; ++t) {
        result.season[t] = cycles[t + task_.season] - rest[t];
        rest[t] = task_.y[t] - result.season[t];
      }
      trend_.smooth(rest, result.trend, task_.stop);
    }
    return result;
  }

 private:
  double season() const { return static_cast<double>(task_.season); }

  static std::size_t trend_window(const StlTask& task) {
    return odd_at_least(1.5 * static_cast<double>(task.season) /
                        (1.0 - 1.5 / static_cast<double>(task.seasonal_window)));
  }

  // Each month by itself, say, and a year more at either end.
  std::vector<double> smoothed_cycles(std::span<const double> y) {
    const std::size_t m = task_.season;
    std::vector<double> cycles(y.size() + 2 * m);
    for (std::size_t first = 0; first < m && !task_.stop.stop_requested(); ++first) {
      const bool is_long = first < y.size() % m;
      const std::size_t length = y.size() / m + (is_long ? 1 : 0);
      Loess& loess = is_long ? long_ : short_;
      for (std::size_t i = 0; i <= length + 1; ++i)
        cycles[first + i * m] = loess.at(y.data() + first, i, m);
    }
    return cycles;
  }

  const StlTask& task_;
  Loess trend_;
  Loess low_pass_;
  Loess short_;  // of the months that the last year does not have
  Loess long_;
};

void add(std::vector<double>& values, const std::vector<double>& others, double factor) {
  for (std::size_t t = 0; t < values.size(); ++t)
    values[t] += factor * others[t];
}

}  // namespace

StlParts stl(const StlTask& task) {
  return Stl(task).parts();
}

MstlParts mstl(const MstlTask& task) {
  std::vector<double> rest(task.y.begin(), task.y.end());
  if (task.seasons.empty()) return {.trend = std::move(rest)};
  MstlParts parts{.seasons = std::vector(task.seasons.size(), std::vector<double>(rest.size()))};
  const int rounds = task.seasons.size() == 1 ? 1 : 2;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < task.seasons.size() && !task.stop.stop_requested(); ++i) {
      add(rest, parts.seasons[i], 1.0);
      auto [trend, season] = stl(
          {.y = rest, .season = task.seasons[i], .seasonal_window = 11 + 4 * i, .stop = task.stop});
      parts.trend = std::move(trend);
      parts.seasons[i] = std::move(season);
      add(rest, parts.seasons[i], -1.0);
    }
  }
  return parts;
}

}  // namespace trainyard::models
