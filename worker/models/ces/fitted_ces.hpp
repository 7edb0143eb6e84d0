#pragma once

#include "worker/models/ces/ces_state.hpp"
#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

// What came out of a fit of Complex Exponential Smoothing.

namespace trainyard::models {

// Everything that forecasts need, in units of the scaled series.
struct CesCore {
  CesForm form = CesForm::none;
  CesParameters<double> parameters{};
  CesState<double> now;  // after the last observation
  std::size_t next = 0;  // slot of the next period
  double error = 0.0;    // standard deviation of one step
  double scale = 1.0;
};

class FittedCes final : public FittedModel {
 public:
  // `y` are the scaled observations from `initial` on; none when they are not known.
  FittedCes(CesCore core, CesState<double> initial, std::vector<double> y)
      : core_(std::move(core)), initial_(std::move(initial)), y_(std::move(y)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  CesCore core_;
  CesState<double> initial_;
  std::vector<double> y_;
};

}  // namespace trainyard::models
