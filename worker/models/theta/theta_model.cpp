#include "worker/models/theta/theta_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/theta/fitted_theta.hpp"
#include "worker/models/theta/theta_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trainyard::models {
namespace {

constexpr std::array<std::string_view, 2> season_names{"classical", "shrunken"};

struct Adjusted {
  ScaledSeries data;
  ThetaSeason season;
  std::vector<double> y;  // data without season
};

Result<Adjusted> adjusted(std::string_view model, const Series& series, Shrinkage shrinkage,
                          const FitContext& context) {
  TRY(auto data, scaled(series, {.model = model, .observations = 4}));
  if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
  Adjusted result{.season = find_season(data.y, series.season_length, shrinkage, context.stop),
                  .y = data.y};
  if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
  for (std::size_t t = 0; t < result.y.size(); ++t)
    result.y[t] = result.season.without(result.y[t], t);
  result.data = std::move(data);
  return result;
}

Result<std::unique_ptr<FittedModel>> fitted(Adjusted adjusted, const ThetaFit& fit,
                                            const FitContext& context) {
  if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
  // Three parameters are estimated.
  const double freedom = std::max(1.0, static_cast<double>(adjusted.y.size()) - 3.0);
  ThetaCore core{.parameters = fit.parameters,
                 .season = std::move(adjusted.season),
                 .now = start_of(fit.parameters),
                 .error = std::sqrt(fit.squares / freedom),
                 .scale = adjusted.data.scale};
  for (const double value : adjusted.y)
    advance(core.parameters, core.now, value);
  return std::make_unique<FittedTheta>(std::move(core), std::move(adjusted.data.y));
}

class Theta final : public Model {
 public:
  std::string_view name() const override { return "theta"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    Hyperparameters settings(name(), context.hyperparameters);
    const auto chosen = settings.choice("form", "DOTM", theta_form_names);
    const auto season = settings.choice("season", "classical", season_names);
    TRY_DO(settings.result());
    const auto form = std::ranges::find(theta_form_names, chosen) - theta_form_names.begin();
    const auto shrinkage = season == "shrunken" ? Shrinkage::james_stein : Shrinkage::none;
    TRY(auto data, adjusted(name(), series, shrinkage, context));
    const auto fit = fit_theta({.y = data.y, .stop = context.stop}, static_cast<ThetaForm>(form));
    return fitted(std::move(data), fit, context);
  }
};

class AutoTheta final : public Model {
 public:
  std::string_view name() const override { return "auto_theta"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(auto data, adjusted(name(), series, Shrinkage::none, context));
    const auto fit = select_theta({.y = data.y, .stop = context.stop});
    return fitted(std::move(data), fit, context);
  }
};

}  // namespace

std::unique_ptr<Model> make_theta() {
  return std::make_unique<Theta>();
}

std::unique_ptr<Model> make_auto_theta() {
  return std::make_unique<AutoTheta>();
}

Result<std::unique_ptr<FittedModel>> load_theta(const nlohmann::json& state) {
  return FittedTheta::load(state);
}

}  // namespace trainyard::models
