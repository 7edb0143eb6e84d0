#include "worker/forecast/grid.hpp"

#include "worker/forecast/infer_frequency.hpp"

#include <algorithm>

namespace trainyard::forecast {
namespace {

using domain::Frequency;

std::optional<Grid> regular(std::span<const TimePoint> times, const Frequency& frequency) {
  Grid grid{.anchor = anchor_of(times), .step = frequency, .frequency = frequency};
  for (const auto time : times) {
    const auto index = domain::periods_between(grid.anchor, time, frequency);
    if (!index) return std::nullopt;
    grid.index.push_back(*index);
  }
  return grid;
}

Frequency usual_step(std::span<const TimePoint> times) {
  const auto count = static_cast<std::int64_t>(times.size());
  const auto inferred = infer_frequency(times);
  if (inferred && domain::periods_between(times.front(), times.back(), *inferred) == count - 1) {
    return *inferred;
  }
  std::vector<std::int64_t> seconds;
  for (std::size_t i = 1; i < times.size(); ++i) {
    seconds.push_back(std::chrono::floor<std::chrono::seconds>(times[i] - times[i - 1]).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::ranges::nth_element(seconds, middle);
  return {domain::Period::second,
          static_cast<int>(std::clamp<std::int64_t>(*middle, 1, INT32_MAX))};
}

}  // namespace

std::optional<Grid> make_grid(std::span<const TimePoint> times, std::optional<Frequency> stated) {
  if (!stated) {
    const auto inferred = infer_frequency(times);
    return inferred ? regular(times, *inferred) : std::nullopt;
  }
  if (auto grid = regular(times, *stated)) return grid;
  Grid grid{.anchor = times.back(),
            .step = usual_step(times),
            .frequency = *stated,
            .is_consecutive = true};
  const auto last = static_cast<std::int64_t>(times.size()) - 1;
  for (std::int64_t i = 0; i <= last; ++i)
    grid.index.push_back(i - last);
  return grid;
}

}  // namespace trainyard::forecast
