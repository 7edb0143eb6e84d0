#pragma once

#include "worker/models/model.hpp"
#include "worker/models/numeric/seasonality.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string_view>
#include <vector>

// What all benchmarks of this folder come down to: a random walk, of seasons or of periods, with or
// without drift, on values out of which a season may have been taken.

namespace trainyard::models {

struct Walk {
  std::string_view model;            // its name in the registry
  std::vector<double> last;          // the last values without season, oldest first: the walk's lag
  double drift = 0.0;                // expected change per period; only with a lag of 1
  double drift_periods = 0.0;        // over which the drift was estimated; 0 = there is none
  double error = 0.0;                // standard deviation of one step
  double scale = 1.0;                // original = value · scale
  std::vector<double> indices = {};  // of the next period, the one after, …; empty = no season
  Composition composition = Composition::additive;
};

// `y`, scaled: the observations that the walk was fitted on, as far as they are known.
std::unique_ptr<FittedModel> make_fitted_walk(Walk walk, std::vector<double> y);

Result<std::unique_ptr<FittedModel>> load_walk(std::string_view model, const nlohmann::json& state);

}  // namespace trainyard::models
