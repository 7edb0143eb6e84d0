#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>

// Demand that comes in some periods and not in others, as two series that are smoothed by
// themselves: how much, and how often.

namespace trainyard::models {

// Croston (Forecasting and stock control for intermittent demands, 1972) smooths the intervals
// between demands. Syntetos & Boylan (The accuracy of intermittent demand estimates, 2005) take out
// the bias of their inverse, and Teunter, Syntetos & Babai (Intermittent demand: linking
// forecasting to inventory obsolescence, 2011) smooth the probability of a demand instead, in every
// period.
enum class DemandKind { croston, sba, tsb };

struct DemandParameters {
  DemandKind kind = DemandKind::croston;
  double alpha = 0.1;  // of sizes, in (0, 1]
  double beta = 0.1;   // of intervals or probabilities, in (0, 1]
};

struct DemandState {
  double size = 0.0;         // of the next demand
  double interval = 0.0;     // croston, sba: periods from one demand to the next; 0 = none was seen
  double probability = 0.0;  // tsb
  std::int64_t since = 1;    // periods from the last demand to the next period
  std::int64_t periods = 0;  // that were seen
};

// That the next period has a demand; 0 before the first one was seen.
double demand_probability(const DemandParameters& parameters, const DemandState& state);
double demand_rate(const DemandParameters& parameters, const DemandState& state);
// invalid_argument names the first value below 0, which is no demand.
Result<void> check_demand(std::span<const double> values, std::string_view model);
void observe(const DemandParameters& parameters, DemandState& state, double value);

// The weight in [0.01, 0.99] with which exponential smoothing, begun at the first value, has the
// least squared errors of one step; 0.1 for fewer than three values.
double best_smoothing(std::span<const double> values, const std::stop_token& stop);

}  // namespace trainyard::models
