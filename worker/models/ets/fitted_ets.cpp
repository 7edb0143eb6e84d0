#include "worker/models/ets/fitted_ets.hpp"

#include "worker/models/ets/ets_filter.hpp"
#include "worker/models/ets/ets_moments.hpp"
#include "worker/models/ets/ets_simulation.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <cmath>

namespace trainyard::models {
namespace {

class FittedEts final : public FittedModel {
 public:
  FittedEts(EtsFit fit, std::vector<double> y, double scale)
      : fit_(std::move(fit)), y_(std::move(y)), scale_(scale) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    if (!has_exact_moments(fit_.form)) return simulated_forecast(fit_, scale_, request);
    return normal_forecast(ets_moments(fit_, request.horizon), scale_, request.levels);
  }

  std::string description() const override { return to_string(fit_.form); }

  InSample in_sample() const override {
    InSample result;
    for (const EtsExpectation& one : ets_filter(y_, fit_.form, fit_.smoothing, fit_.initial).path)
      result.values.push_back(in_units(one.forecast));
    return result;
  }

  // Each part as it was before the observation. A multiplicative trend is given by what it adds.
  std::vector<Component> components() const override {
    if (y_.empty()) return {};
    const bool ratio = fit_.form.season == EtsSeason::multiplicative;
    Component level{.name = "level"};
    Component trend{.name = "trend"};
    Component season{.name = fmt::format("season {}", fit_.initial.season.size()),
                     .effect = ratio ? Effect::multiplicative : Effect::additive};
    Component remainder{.name = "remainder"};
    const auto path = ets_filter(y_, fit_.form, fit_.smoothing, fit_.initial).path;
    for (std::size_t t = 0; t < path.size(); ++t) {
      level.values.push_back(in_units(path[t].level));
      trend.values.push_back(in_units(path[t].underlying - path[t].level));
      season.values.push_back(ratio ? path[t].season : in_units(path[t].season));
      remainder.values.push_back(in_units(y_[t] - path[t].forecast));
    }
    std::vector<Component> parts{std::move(level)};
    if (fit_.form.has_trend()) parts.push_back(std::move(trend));
    if (fit_.form.has_season()) parts.push_back(std::move(season));
    parts.push_back(std::move(remainder));
    return parts;
  }

  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override {
    TRY(const auto values, scaled_next(next, scale_));
    auto passed = ets_filter(values, fit_.form, fit_.smoothing, fit_.final);
    if (passed.path.size() < values.size())
      return fail(
          {.code = Errc::invalid_argument,
           .detail = fmt::format("{} has no positive forecast for this observation", description()),
           .row = static_cast<std::int64_t>(passed.path.size()) + 1,
           .hint = "fit the model anew"});
    EtsFit fit = fit_;
    fit.final = std::move(passed.state);
    std::vector<double> y = y_;
    if (!y.empty()) y.insert(y.end(), values.begin(), values.end());
    return std::make_unique<FittedEts>(std::move(fit), std::move(y), scale_);
  }

  Result<std::string> save() const override {
    const auto& [alpha, beta, gamma, phi] = fit_.smoothing;
    return saved_text("ets", {{"form", short_name(fit_.form)},
                              {"alpha", alpha},
                              {"beta", beta},
                              {"gamma", gamma},
                              {"phi", phi},
                              {"variance", fit_.variance},
                              {"level", fit_.final.level},
                              {"growth", fit_.final.growth},
                              {"season", fit_.final.season},
                              {"scale", scale_}});
  }

 private:
  double in_units(double value) const { return finite(value * scale_); }

  EtsFit fit_;
  std::vector<double> y_;  // empty when loaded
  double scale_;
};

}  // namespace

std::unique_ptr<FittedModel> make_fitted_ets(EtsFit fit, std::vector<double> y, double scale) {
  return std::make_unique<FittedEts>(std::move(fit), std::move(y), scale);
}

Result<std::unique_ptr<FittedModel>> load_ets(const nlohmann::json& state) {
  StateReader reader(state);
  const auto form = parse_form(reader.text("form"));
  EtsFit fit;
  fit.smoothing = {.alpha = reader.number("alpha"),
                   .beta = reader.number("beta"),
                   .gamma = reader.number("gamma"),
                   .phi = reader.number("phi")};
  fit.variance = reader.number("variance");
  fit.final = {.level = reader.number("level"),
               .growth = reader.number("growth"),
               .season = reader.numbers("season")};
  const double scale = reader.number("scale");
  TRY_DO(reader.result());
  if (!form || form->has_season() == fit.final.season.empty() || !(scale > 0.0))
    return fail({.code = Errc::invalid_argument,
                 .detail = "the saved model's form is none, or not that of its season and scale",
                 .field = "form"});
  fit.form = *form;
  return make_fitted_ets(std::move(fit), {}, scale);
}

}  // namespace trainyard::models
