#pragma once

#include "worker/forecast/fit_cache.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::forecast {

inline constexpr const char* ensemble_name = "ensemble";

// How an ensemble makes one forecast of its members'. Each works bound by bound as well, which
// keeps intervals nested around the point forecast.
enum class Combination { mean, median, inverse_error };
inline constexpr std::array<std::string_view, 3> combination_names{"mean", "median",
                                                                   "inverse_error"};

// `members` are not empty, of one horizon and the same levels; weights sum to 1, one per member.
models::Forecast mean_of(std::span<const FitOutcome> members);
models::Forecast weighted_mean_of(std::span<const FitOutcome> members,
                                  std::span<const double> weights);
models::Forecast median_of(std::span<const FitOutcome> members);

// Weights in inverse proportion to errors (Bates & Granger, The combination of forecasts, 1969).
// Members without an error share all of the weight; an unknown error weighs like the mean of those
// known.
std::vector<double> inverse_error_weights(std::span<const std::optional<double>> errors);

// Whom the ensemble combines: the other models that were asked for, without naive baselines as long
// as two more are there; when none was, those of ets, theta and xgboost that exist.
std::vector<std::string> choose_members(std::span<const std::string> asked,
                                        std::span<const std::string_view> existing);

// What `auto` stands for: seasonal_naive, ets, theta and xgboost as far as they exist, and their
// ensemble. Other names stay as they are.
std::vector<std::string> expand_models(std::span<const std::string> asked,
                                       std::span<const std::string_view> existing);

}  // namespace trainyard::forecast
