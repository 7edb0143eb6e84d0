#pragma once

#include "worker/models/lgt/lgt_point.hpp"
#include "worker/models/model.hpp"
#include "worker/models/theta/theta_season.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

// What came out of a fit of local and global trends.

namespace trainyard::models {

// Everything that forecasts need, in units of the scaled series.
struct LgtCore {
  std::vector<LgtPoint> points;
  ThetaSeason season;
  std::size_t count = 0;  // observations
  double scale = 1.0;
};

class FittedLgt final : public FittedModel {
 public:
  // `y` are the observations with their season, in scale; none when they are not known.
  FittedLgt(LgtCore core, std::vector<double> y) : core_(std::move(core)), y_(std::move(y)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  // The mean over the points of what they had as level and expected next, before observation t.
  struct Past {
    std::vector<double> level;
    std::vector<double> mean;
  };
  Past past() const;

  LgtCore core_;
  std::vector<double> y_;
};

}  // namespace trainyard::models
