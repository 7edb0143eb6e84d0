#include "worker/models/ces/ces_start.hpp"

#include "worker/models/numeric/seasonality.hpp"

#include <algorithm>
#include <numeric>

namespace trainyard::models {
namespace {

// What the potential is of a level that stays as it is, near enough.
constexpr double potential_share = 1.0 / 1.1;

double mean_of_first(std::span<const double> y, std::size_t count) {
  const auto first = y.first(std::min(count, y.size()));
  return std::accumulate(first.begin(), first.end(), 0.0) / static_cast<double>(first.size());
}

std::vector<double> potentials_of(std::vector<double> values) {
  for (double& value : values)
    value *= potential_share;
  return values;
}

}  // namespace

CesState<double> ces_start(std::span<const double> y, CesForm form, std::size_t season_length) {
  constexpr std::size_t beginning = 10;
  CesState<double> state;
  switch (form) {
    case CesForm::none:
      state.level = {mean_of_first(y, beginning)};
      break;
    case CesForm::simple:
      state.level.assign(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(season_length));
      break;
    case CesForm::partial:
    case CesForm::full:
      state.level = {mean_of_first(y, season_length)};
      state.season = seasonal_indices(y, static_cast<int>(season_length), Composition::additive);
      break;
  }
  state.potential = potentials_of(state.level);
  if (form == CesForm::full) state.season_potential = potentials_of(state.season);
  return state;
}

}  // namespace trainyard::models
