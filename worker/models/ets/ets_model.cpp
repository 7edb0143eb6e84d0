#include "worker/models/ets/ets_model.hpp"

#include "worker/models/ets/ets_moments.hpp"
#include "worker/models/ets/ets_select.hpp"
#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"

namespace trainyard::models {
namespace {

class FittedEts final : public FittedModel {
 public:
  FittedEts(EtsFit fit, double scale) : fit_(std::move(fit)), scale_(scale) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    return normal_forecast(ets_moments(fit_, request.horizon), scale_, request.levels);
  }

  std::string description() const override { return to_string(fit_.form); }

 private:
  EtsFit fit_;
  double scale_;
};

class Ets final : public Model {
 public:
  std::string_view name() const override { return "ets"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(const auto data, scaled(series, {.model = name(), .observations = 5}));
    if (is_constant(data.y)) {
      EtsFit constant{.smoothing = {.alpha = 0.5}, .final = {.level = data.y.front()}};
      return std::make_unique<FittedEts>(std::move(constant), data.scale);
    }
    auto best =
        select_form({.y = data.y, .season_length = series.season_length, .stop = context.stop});
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    return std::make_unique<FittedEts>(std::move(best), data.scale);
  }
};

}  // namespace

std::unique_ptr<Model> make_ets() {
  return std::make_unique<Ets>();
}

}  // namespace trainyard::models
