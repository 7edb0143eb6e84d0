#include "worker/models/theta/theta_season.hpp"

#include "worker/models/saved_model.hpp"

#include <algorithm>

namespace trainyard::models {

double ThetaSeason::index(std::size_t period) const {
  if (indices.empty()) return composition == Composition::multiplicative ? 1.0 : 0.0;
  return indices[period % indices.size()];
}

double ThetaSeason::without(double value, std::size_t period) const {
  const double i = index(period);
  return composition == Composition::multiplicative ? value / i : value - i;
}

double ThetaSeason::with(double value, std::size_t period) const {
  const double i = index(period);
  return composition == Composition::multiplicative ? value * i : value + i;
}

ThetaSeason find_season(std::span<const double> y, int season_length, Shrinkage shrinkage,
                        const std::stop_token& stop) {
  constexpr double smallest_ratio = 0.01;
  const auto indices_of = shrinkage == Shrinkage::james_stein ? shrunken_indices : seasonal_indices;
  if (shrinkage == Shrinkage::none && !is_seasonal(y, season_length, stop)) return {};
  if (std::ranges::min(y) > 0.0) {
    auto ratios = indices_of(y, season_length, Composition::multiplicative);
    if (ratios.empty()) return {};
    if (std::ranges::min(ratios) >= smallest_ratio)
      return {.indices = std::move(ratios), .composition = Composition::multiplicative};
  }
  return {.indices = indices_of(y, season_length, Composition::additive),
          .composition = Composition::additive};
}

ThetaSeason read_season(StateReader& reader) {
  constexpr std::array<std::string_view, 2> names{"additive", "multiplicative"};
  ThetaSeason season{.indices = reader.numbers("season"),
                     .composition = static_cast<Composition>(reader.choice("composition", names))};
  const bool has_zero = std::ranges::any_of(season.indices, [](double v) { return !(v > 0.0); });
  if (season.composition == Composition::multiplicative && has_zero)
    reader.refuse("season", "positive numbers");
  return season;
}

}  // namespace trainyard::models
