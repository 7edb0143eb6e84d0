#pragma once

#include "worker/models/lsgt/lsgt_draw.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

enum class LocalTrend { none, damped };

// What is fitted: values in units of their mean absolute value, and the season of each phase at the
// first of them, empty without one; the season is positive, as are the values then.
struct LsgtProblem {
  std::span<const double> y;
  std::vector<double> season;
  LocalTrend local_trend = LocalTrend::damped;
};

// Draws from the posterior of the parameters. Smoothings, powers and degrees of freedom are thought
// of as uniform, α beta(1, 2) where there is a season; growth, first slope and both parts of the
// error as Cauchy with a scale of a 150th of the largest value: the priors of the paper, in a unit
// of which the mean is 5,000, as in the paper's series. The first season is that of the classical
// decomposition instead of m parameters more. Fewer draws, or none, when stopped.
std::vector<LsgtParameters> draw_lsgt(const LsgtProblem& problem, std::uint64_t seed,
                                      const std::stop_token& stop);

}  // namespace trainyard::models
