#pragma once

#include "worker/models/xgboost/booster.hpp"
#include "worker/models/xgboost/change_features.hpp"

#include <span>
#include <stop_token>
#include <vector>

// What training on one series and on many have in common.

namespace trainyard::models {

// One series made ready, the features of whose rows are those of `history.plan()`.
struct LearningSeries {
  ChangeHistory history;
  std::vector<std::span<const double>> covariates;  // as many values as the history has, at least
};

// What is learned from: the first `length` periods.
struct LearningPart {
  const LearningSeries* series;
  std::size_t length;
};

// Trains on every row of the parts, of which there is one at least, or evenly on as many as make
// `cells_max` values; which ones depends on the seed. Errors: cancelled, the booster's.
Result<Booster> train_trees(std::span<const LearningPart> parts, const BoosterOptions& options,
                            std::size_t cells_max, const std::stop_token& stop,
                            CheckpointPart checkpoint = {});

// What was observed less what is forecast from origins `first`, first + stride, …: [o][h] is of the
// h + 1-th period after the o-th origin, at most `steps` of them.
struct TestedOrigins {
  std::size_t first;
  std::size_t stride = 1;
  std::size_t steps;
};
Result<std::vector<std::vector<double>>> errors_ahead(const Booster& booster,
                                                      const LearningSeries& series,
                                                      const TestedOrigins& origins,
                                                      const std::stop_token& stop);

}  // namespace trainyard::models
