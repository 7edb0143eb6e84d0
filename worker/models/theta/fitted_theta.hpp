#pragma once

#include "worker/models/model.hpp"
#include "worker/models/theta/theta_season.hpp"
#include "worker/models/theta/theta_state.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

// What came out of a theta fit.

namespace trainyard::models {

// Everything that forecasts need, in units of the scaled series.
struct ThetaCore {
  ThetaParameters parameters;
  ThetaSeason season;
  ThetaState now;      // after the last observation
  double error = 0.0;  // standard deviation of one step
  double scale = 1.0;
};

class FittedTheta final : public FittedModel {
 public:
  // `y` are the observations with their season, in scale; none when they are not known.
  FittedTheta(ThetaCore core, std::vector<double> y) : core_(std::move(core)), y_(std::move(y)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  ThetaCore core_;
  std::vector<double> y_;
};

}  // namespace trainyard::models
