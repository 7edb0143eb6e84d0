#include "worker/models/theta/theta_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/numeric/seasonality.hpp"
#include "worker/models/theta/theta_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

// A season taken out of a series, and put back into forecasts.
struct Deseasonalised {
  std::vector<double> y;
  std::vector<double> indices;  // of y[0], y[1], …; empty when there is no season
  Composition composition = Composition::additive;
};

Deseasonalised without_season(std::vector<double> y, int season) {
  if (!is_seasonal(y, season)) return {.y = std::move(y)};
  Deseasonalised result{.composition = Composition::multiplicative};
  if (std::ranges::min(y) > 0.0)
    result.indices = seasonal_indices(y, season, Composition::multiplicative);
  if (result.indices.empty() || std::ranges::min(result.indices) < 0.01) {
    result.composition = Composition::additive;
    result.indices = seasonal_indices(y, season, Composition::additive);
  }
  for (std::size_t t = 0; t < y.size(); ++t) {
    const double index = result.indices[t % result.indices.size()];
    if (result.composition == Composition::multiplicative)
      y[t] /= index;
    else
      y[t] -= index;
  }
  result.y = std::move(y);
  return result;
}

class FittedTheta final : public FittedModel {
 public:
  FittedTheta(Deseasonalised data, const ThetaFit& fit, double scale)
      : data_(std::move(data)), fit_(fit), now_(fit), scale_(scale) {
    for (const double value : data_.y)
      now_.advance(value);
    // Three parameters are estimated on the errors from the third on.
    const double freedom = std::max(1.0, static_cast<double>(data_.y.size()) - 3.0);
    error_ = std::sqrt(fit_.squares / freedom);
  }

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    StepMoments moments{.mean = path(now_, request.horizon)};
    moments.sd =
        request.levels.empty() ? std::vector<double>(request.horizon) : spread(request.horizon);
    put_season_back(moments);
    return normal_forecast(moments, scale_, request.levels);
  }

  std::string description() const override {
    if (data_.indices.empty()) return "DOTM";
    return fmt::format(
        "DOTM with {} season of {}",
        data_.composition == Composition::multiplicative ? "multiplicative" : "additive",
        data_.indices.size());
  }

 private:
  static std::vector<double> path(ThetaState state, int horizon) {
    std::vector<double> values;
    for (int h = 0; h < horizon; ++h) {
      values.push_back(state.expected());
      state.advance(values.back());
    }
    return values;
  }

  // Step h sees the error of each step before it through the recursion, which is linear in the
  // data: v_h = σ²(1 + Σ_{j<h} (response of h to a unit error at j)²).
  std::vector<double> spread(int horizon) const {
    constexpr int exact_max = 500;
    const int exact = std::min(horizon, exact_max);
    std::vector<double> sums(horizon, 1.0);
    ThetaState state = now_;
    for (int j = 0; j + 1 < exact; ++j) {
      ThetaState shocked = state;
      shocked.advance(state.expected() + 1.0);
      state.advance(state.expected());
      ThetaState plain = state;
      for (int h = j + 1; h < exact; ++h) {
        const double response = shocked.expected() - plain.expected();
        sums[h] += response * response;
        shocked.advance(shocked.expected());
        plain.advance(plain.expected());
      }
    }
    // Far ahead the sum grows as that of a random walk: by a constant.
    for (int h = exact; h < horizon; ++h)
      sums[h] = sums[h - 1] + (sums[exact - 1] - sums[exact - 2]);
    for (double& sum : sums)
      sum = error_ * std::sqrt(sum);
    return sums;
  }

  void put_season_back(StepMoments& moments) const {
    if (data_.indices.empty()) return;
    for (std::size_t h = 0; h < moments.mean.size(); ++h) {
      const double index = data_.indices[(data_.y.size() + h) % data_.indices.size()];
      if (data_.composition == Composition::multiplicative) {
        moments.mean[h] *= index;
        moments.sd[h] *= index;
      } else {
        moments.mean[h] += index;
      }
    }
  }

  Deseasonalised data_;
  ThetaFit fit_;
  ThetaState now_;  // after the last observation
  double error_ = 0.0;
  double scale_;
};

class Theta final : public Model {
 public:
  std::string_view name() const override { return "theta"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 4}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    auto adjusted = without_season(std::move(data.y), series.season_length);
    const ThetaFit fit = fit_theta(adjusted.y, context.stop);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    return std::make_unique<FittedTheta>(std::move(adjusted), fit, data.scale);
  }
};

}  // namespace

std::unique_ptr<Model> make_theta() {
  return std::make_unique<Theta>();
}

}  // namespace trainyard::models
