#include "worker/forecast/grid.hpp"

#include "worker/forecast/infer_frequency.hpp"
#include "worker/forecast/loose_months.hpp"

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

constexpr Frequency month{domain::Period::month, 1};

std::vector<std::int64_t> ordinals(std::size_t count) {
  std::vector<std::int64_t> index;
  for (auto i = -static_cast<std::int64_t>(count) + 1; i <= 0; ++i)
    index.push_back(i);
  return index;
}

std::optional<Grid> loose_months(std::span<const TimePoint> times) {
  Grid grid{.anchor = times.back(), .step = month, .frequency = month};
  if (are_fiscal_months(times)) {
    grid.index = ordinals(times.size());
    grid.fit = GridFit::fiscal_months;
    return grid;
  }
  auto months = month_numbers(times);
  if (!months) return std::nullopt;
  grid.index = std::move(*months);
  grid.fit = GridFit::month_ends;
  return grid;
}

// Months of weeks lie on a grid of weeks too, most of which it would leave empty.
std::optional<Grid> inferred_grid(std::span<const TimePoint> times) {
  if (are_fiscal_months(times)) return loose_months(times);
  if (const auto inferred = infer_frequency(times)) return regular(times, *inferred);
  return loose_months(times);
}

}  // namespace

std::optional<Grid> make_grid(std::span<const TimePoint> times, std::optional<Frequency> stated) {
  if (!stated) return inferred_grid(times);
  if (auto grid = regular(times, *stated)) return grid;
  if (*stated == month)
    if (auto grid = loose_months(times)) return grid;
  return Grid{.anchor = times.back(),
              .step = usual_step(times),
              .frequency = *stated,
              .index = ordinals(times.size()),
              .fit = GridFit::consecutive};
}

}  // namespace trainyard::forecast
