#pragma once

#include "worker/models/model.hpp"
#include "worker/models/xgboost/booster.hpp"
#include "worker/models/xgboost/change_features.hpp"

#include <optional>
#include <string_view>

// What users can set about models of boosted trees, beside what booster.hpp calls rounds, depth_max
// (max_depth), learning_rate, leaf_weight_min (min_child_weight) and row_share (subsample):
//
//   strategy      recursive: each forecast is a lag of the next; direct: one booster of which the
//                 step ahead is a feature; auto: direct for 200 observations or fewer without
//                 covariates, which costs more and forecasts better
//   steps         how far ahead `direct` looks at once; 12 or a season, if that is longer
//   differencing  none, first or seasonal
//   transform     none, log, or auto: logarithms of more than 200 values that are all positive
//   scaling       none, standard or robust
//   lags          of changes, a list of periods; 1 to 12, or to a fifth of the observations
//   windows       a list of periods; 3 and a season, or 6
//   calendar      whether rows have calendar features
//   loss          squared or pseudo_huber

namespace trainyard::models {

enum class Strategy { recursive, direct };

struct XgboostSettings {
  std::optional<Strategy> strategy;  // none given: by the length of the series
  std::optional<int> steps;
  Differencing differencing = Differencing::first;
  std::optional<Transform> transform;  // none given: by the length of the series
  Scaling scaling = Scaling::standard;
  std::vector<int> lags;     // ascending; empty: by the length of the series
  std::vector<int> windows;  // ascending; empty: by its season
  bool has_calendar = true;
  BoosterOptions booster;
};

// invalid_argument, category config, names the setting. What is not given is as in `defaults`.
Result<XgboostSettings> read_settings(std::string_view model, const FitContext& context,
                                      XgboostSettings defaults);

// The features for a series of this length. invalid_argument when a setting asks for more
// observations than it has, or for a season that it has not.
Result<FeaturePlan> plan_features(const Series& series, const XgboostSettings& settings);

// invalid_argument when logarithms are asked for of values that have none.
Result<Transform> choose_transform(std::span<const double> y, const XgboostSettings& settings);

}  // namespace trainyard::models
