#pragma once

#include "worker/models/model.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trainyard::forecast {

// What one part of a model adds to each observation, in units of the data.
struct Part {
  std::string name;  // as Component names it: "level", "season 12", "covariate 0", "remainder"
  std::vector<double> values;
};

// What a fit tells of the history it learned from. Immutable.
struct Explanation {
  models::InSample expected = {};  // one period ahead; empty when the model does not say
  std::vector<Part> parts = {};    // sum to the observations; empty when the model has none
  std::string saved = {};          // FittedModel::save(); empty when it cannot be saved
};

// Histories longer than this have no parts: they would be too many figures to keep or to look at.
inline constexpr std::size_t parts_max = 100'000;

// Of a fit to `observations` values.
Explanation explain(const models::FittedModel& fitted, std::size_t observations);

// The same in units of the data: additive components are parts as they are, a factor adds what
// scaling by it changes, one after the other in the order given. Empty when a part would not be
// finite.
std::vector<Part> parts_of(std::vector<models::Component> components);

// What a weighted mean of models expects, and its parts by their names: as exact as its forecasts.
// Empty where a member has none. `members` are not empty and of one history; weights sum to 1.
Explanation weighted_mean_of(std::span<const std::shared_ptr<const Explanation>> members,
                             std::span<const double> weights);

// What the median of models expects. A median has no parts.
Explanation median_of(std::span<const std::shared_ptr<const Explanation>> members);

}  // namespace trainyard::forecast
