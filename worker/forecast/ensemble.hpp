#pragma once

#include "worker/forecast/fit_cache.hpp"

#include <span>
#include <string>
#include <vector>

namespace trainyard::forecast {

inline constexpr const char* ensemble_name = "ensemble";

// The plain mean of the members' forecasts, bound by bound as well, which keeps intervals nested
// around the mean. `members` are not empty, of one horizon and the same levels.
models::Forecast mean_of(std::span<const FitOutcome> members);

// Whose mean the ensemble is: the other models that were asked for, without naive baselines as long
// as two more are there; when none was, those of ets, theta and xgboost that exist.
std::vector<std::string> choose_members(std::span<const std::string> asked,
                                        std::span<const std::string_view> existing);

// What `auto` stands for: seasonal_naive, ets, theta and xgboost as far as they exist, and their
// ensemble. Other names stay as they are.
std::vector<std::string> expand_models(std::span<const std::string> asked,
                                       std::span<const std::string_view> existing);

}  // namespace trainyard::forecast
