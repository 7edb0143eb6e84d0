#include "worker/models/arima/arima_model.hpp"

#include "worker/models/arima/arima_settings.hpp"
#include "worker/models/arima/fitted_arima.hpp"
#include "worker/models/numeric/scaled_series.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

constexpr std::size_t stop_mask = 0xff;  // looks at the stop token every 256 observations

std::size_t need(const ArimaSettings& settings, std::size_t covariates) {
  if (!settings.form) return 2;
  const auto& form = *settings.form;
  return static_cast<std::size_t>(form.lost() + form.coefficients() + (form.mean ? 1 : 0) +
                                  (form.drift ? 1 : 0)) +
         covariates + 3;
}

std::vector<double> scales_of(const Series& series) {
  std::vector<double> scales;
  for (const auto& covariate : series.covariates) {
    double largest = 0.0;
    for (const double v : covariate)
      largest = std::max(largest, std::abs(v));
    scales.push_back(largest > 0.0 ? largest : 1.0);
  }
  return scales;
}

class Arima final : public Model {
 public:
  std::string_view name() const override { return "arima"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    const int season = std::max(1, series.season_length);
    TRY(const auto settings, read_arima_settings(context.hyperparameters, season));
    TRY(auto scaled_series,
        scaled(series,
               {.model = name(), .observations = need(settings, series.covariates.size())}));
    ArimaCore core{.count = static_cast<std::int64_t>(series.y.size()),
                   .scale = scaled_series.scale,
                   .covariate_scales = scales_of(series)};
    ArimaData data{.y = scaled_series.y};
    for (std::size_t i = 0; i < series.covariates.size(); ++i) {
      const auto& covariate = series.covariates[i];
      data.covariates.emplace_back(covariate.begin(), covariate.end());
      for (double& v : data.covariates.back())
        v /= core.covariate_scales[i];
    }

    const ArimaTask task{.data = data, .season = season, .stop = context.stop};
    core.fit = settings.form ? fit_form(task, *settings.form) : select_form(task, settings.limits);
    if (!pass(data, core, context.stop)) return fail(Errc::cancelled, "stopped on request");
    return make_fitted_arima(std::move(core), std::move(scaled_series.y),
                             std::move(data.covariates));
  }

 private:
  // The state after all observations; false when stopped.
  static bool pass(const ArimaData& data, ArimaCore& core, const std::stop_token& stop) {
    const auto& fit = core.fit;
    if (stop.stop_requested()) return false;
    ArimaFilter filter(fit.form, fit.coefficients);
    for (std::size_t t = 0; t < data.y.size(); ++t) {
      if ((t & stop_mask) == stop_mask && stop.stop_requested()) return false;
      double value = data.y[t] - fit.mean - fit.drift * static_cast<double>(t + 1);
      for (std::size_t i = 0; i < data.covariates.size(); ++i)
        value -= fit.covariates[i] * data.covariates[i][t];
      filter.advance(value);
    }
    core.state = filter.state();
    return true;
  }
};

}  // namespace

std::unique_ptr<Model> make_arima() {
  return std::make_unique<Arima>();
}

}  // namespace trainyard::models
