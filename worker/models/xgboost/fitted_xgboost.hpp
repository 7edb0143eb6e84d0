#pragma once

#include "worker/models/model.hpp"
#include "worker/models/xgboost/booster.hpp"
#include "worker/models/xgboost/change_features.hpp"
#include "worker/models/xgboost/conformal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <vector>

// What came out of an XGBoost fit.

namespace trainyard::models {

// Everything that forecasts need.
struct XgboostCore {
  ChangeScale change_scale;
  ChangeHistory history;  // the end of the observations, in levels of the scaled series
  std::shared_ptr<const Booster> booster;
  ConformalBands bands;
  double scale = 1.0;
  std::size_t learned = 0;   // periods that it was trained on
  std::size_t left_out = 0;  // periods before these
  std::size_t series = 0;    // learned from together; 0: from this one alone
};

// The periods it was trained on and those that followed.
struct XgboostPast {
  ChangeHistory history;
  std::vector<float> covariates;  // periods × covariates
};

class FittedXgboost final : public FittedModel {
 public:
  // No past when the observations are not known.
  FittedXgboost(XgboostCore core, std::optional<XgboostPast> past)
      : core_(std::move(core)), past_(std::move(past)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  // Both are empty, too, when the library fails.
  InSample in_sample() const override;
  // The level is what changes refer to: the observation before, the one a season before, or the
  // mean. What the trees add to it: by its past the trend, by the
  // calendar and the place in the season, by each covariate; factors for a fit of logarithms. These
  // are of the one period and do not build up. None when the start of the series was left out.
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  const FeaturePlan& plan() const { return core_.history.plan(); }
  double value_of(double level) const;

  XgboostCore core_;
  std::optional<XgboostPast> past_;
};

}  // namespace trainyard::models
