#pragma once

#include "worker/forecast/fit_cache.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::forecast {

inline constexpr const char* ensemble_name = "ensemble";

// How an ensemble makes one forecast of its members'. Each works bound by bound as well, which
// keeps intervals nested around the point forecast.
enum class Combination { mean, median, inverse_error, inverse_squared_error };
inline constexpr std::array<std::string_view, 4> combination_names{
    "mean", "median", "inverse_error", "inverse_squared_error"};

// `members` are not empty, of one horizon and the same levels; weights sum to 1, one per member.
models::Forecast weighted_mean_of(std::span<const FitOutcome> members,
                                  std::span<const double> weights);
models::Forecast median_of(std::span<const FitOutcome> members);

// Weights in inverse proportion to errors (Bates & Granger, The combination of forecasts, 1969).
// Members without an error share all of the weight; an unknown error weighs like the mean of those
// known.
std::vector<double> inverse_error_weights(std::span<const std::optional<double>> errors);

// The same in inverse proportion to squared errors.
std::vector<double> inverse_squared_weights(std::span<const std::optional<double>> errors);

// Whom the ensemble combines: the other models that were asked for, without naive baselines as long
// as two more are there; when none was, those of ets, theta and xgboost that exist.
std::vector<std::string> choose_members(std::span<const std::string> asked,
                                        std::span<const std::string_view> existing);

// What a member counts for beside the others before its errors are known; 1 for names not here.
using Worth = std::map<std::string, double, std::less<>>;

// Weights in proportion to how much the members are worth; they still sum to 1.
std::vector<double> times_worth(std::vector<double> weights, std::span<const std::string> names,
                                const Worth& worth);

// What there is to forecast from beside the values.
struct AutoScope {
  std::size_t covariates = 0;
};

// Histories on which other members do better than the usual ones.
enum class HistoryKind {
  usual,
  brief,        // fewer than 50 values without a season
  months,       // a season of 12 values
  weekdays,     // 100 values or more with a season of a week of days
  long_season,  // two seasons or more, of 24 values or more
};
HistoryKind history_kind(int season_length, std::size_t length);

// Members by kind; kinds that are not here have the usual ones.
using SpecialMembers = std::map<HistoryKind, std::vector<std::string>>;

// How `auto` combines: what its ensemble's members are. They are unlike each other, and weighted by
// inverse_squared_error more accurate than each of them and than other sets tried on the training
// parts of 1,150 competition series. On brief histories, a few windows point to those that follow
// the trend furthest, so they are the two most accurate on the brief series of the M3 competition
// by what was published, and the one without a trend. Covariates bring in the models that know what
// to do with them.
struct AutoMembers {
  std::vector<std::string> usual;
  SpecialMembers special;
  Worth worth;
};
AutoMembers auto_members(std::span<const std::string_view> existing, const AutoScope& scope = {});

// What `auto` stands for: its usual members and their ensemble. Other names stay as they are.
std::vector<std::string> expand_models(std::span<const std::string> asked,
                                       std::span<const std::string_view> existing,
                                       const AutoScope& scope = {});

}  // namespace trainyard::forecast
