#pragma once

#include "worker/models/intermittent/demand.hpp"
#include "worker/models/intermittent/demand_bands.hpp"
#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <string_view>
#include <vector>

// What came out of a fit of intermittent demand.

namespace trainyard::models {

// As the registry names the kinds, in their order.
inline constexpr std::array<std::string_view, 3> demand_model_names{"croston", "sba", "tsb"};

// Everything that forecasts need, in units of the scaled series.
struct DemandCore {
  DemandParameters parameters;
  DemandState now;        // after the last observation
  double variance = 0.0;  // of the size of the next demand
  double scale = 1.0;
};

class FittedDemand final : public FittedModel {
 public:
  // `y` are the scaled observations; none when they are not known.
  FittedDemand(const DemandCore& core, std::vector<double> y) : core_(core), y_(std::move(y)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(DemandKind kind, const nlohmann::json& state);

 private:
  // Before each observation, in units of the data.
  std::vector<double> rates() const;

  DemandCore core_;
  std::vector<double> y_;
};

}  // namespace trainyard::models
