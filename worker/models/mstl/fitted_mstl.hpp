#pragma once

#include "worker/models/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

// What came out of an MSTL fit: a fit of the series without its seasons, and the seasons.

namespace trainyard::models {

// All in units of the scaled series.
struct MstlSeason {
  std::vector<double> next;          // of the next period, the one after, …: one season
  std::vector<double> history = {};  // of each observation; none when they are not known
};

class FittedMstl final : public FittedModel {
 public:
  FittedMstl(std::shared_ptr<const FittedModel> adjusted, std::vector<MstlSeason> seasons,
             double scale)
      : adjusted_(std::move(adjusted)), seasons_(std::move(seasons)), scale_(scale) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override;
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

  static Result<std::unique_ptr<FittedModel>> load(const nlohmann::json& state);

 private:
  double ahead(std::size_t steps) const;  // all seasons together, 0 for the next period
  double in_units(double value) const;

  std::shared_ptr<const FittedModel> adjusted_;
  std::vector<MstlSeason> seasons_;
  double scale_;
};

}  // namespace trainyard::models
