#pragma once

#include <utility>
#include <vector>

// Split conformal prediction (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World,
// 2005) for forecasts of several steps: errors of forecasts from origins the model was not trained
// on, in units of what is typical for their step, pooled.

namespace trainyard::models {

class ConformalBands {
 public:
  // errors[o][h]: what was observed less what was forecast, h + 1 steps after origin o. Origins may
  // have fewer steps than others; at least one error in all.
  explicit ConformalBands(const std::vector<std::vector<double>>& errors);
  // From what typical_errors() and scores() gave: neither is empty or negative, both ascend.
  ConformalBands(std::vector<double> typical_errors, std::vector<double> scores)
      : typical_(std::move(typical_errors)), scores_(std::move(scores)) {}

  // Half the width of the band of `level` percent at `step` = 1, 2, …: the ceil((n + 1)·c)-th
  // smallest of the n scores for c = level/100. Where n is too small for that rank the largest
  // score is stretched by the ratio of normal quantiles. Grows with level and step.
  double half_width(double level, int step) const;

  const std::vector<double>& typical_errors() const { return typical_; }
  const std::vector<double>& scores() const { return scores_; }

 private:
  double typical(int step) const;
  double score(double level) const;

  std::vector<double> typical_;  // mean absolute error per step, never falling
  std::vector<double> scores_;   // |error| / typical, ascending
};

}  // namespace trainyard::models
