#pragma once

#include "worker/models/lsgt/lsgt_draw.hpp"
#include "worker/models/model.hpp"
#include "worker/models/theta/theta_season.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <vector>

// What came out of a fit of local and seasonal global trends.

namespace trainyard::models {

// Everything that forecasts need, in units of the scaled series. A season by ratios is the draws'
// own; one by differences, of series with values that are not positive, is taken out before.
struct LsgtCore {
  std::vector<LsgtDraw> draws;
  ThetaSeason difference;
  std::size_t count = 0;  // observations
  double scale = 1.0;
  std::uint64_t seed = 0;  // of the sampled futures
};

class FittedLsgt final : public FittedModel {
 public:
  // `y` are the observations with their season, in scale, and `season` the draws' season at the
  // first of them; none when they are not known.
  FittedLsgt(LsgtCore core, std::vector<double> y, std::vector<double> season)
      : core_(std::move(core)), y_(std::move(y)), season_(std::move(season)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  // The mean over the draws of what they had, before observation t, as level, expected without the
  // season, and season.
  struct Past {
    std::vector<double> level;
    std::vector<double> mean;
    std::vector<double> season;
  };
  Past past() const;

  LsgtCore core_;
  std::vector<double> y_;
  std::vector<double> season_;
};

}  // namespace trainyard::models
