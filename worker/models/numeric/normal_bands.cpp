#include "worker/models/numeric/normal_bands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace trainyard::models {

double band_width(double level) {
  // Newton's method on the logarithm of the upper tail, which is nearly a parabola everywhere.
  const double tail = (100.0 - level) / 200.0;
  double z = 0.8 * std::sqrt(-2.0 * std::log(2.0 * tail));
  for (int i = 0; i < 40; ++i) {
    const double upper = 0.5 * std::erfc(z / std::numbers::sqrt2);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    const double step = upper / density * std::log(upper / tail);
    z += step;
    if (std::abs(step) < 1e-13) break;
  }
  return z;
}

Result<void> check_request(const ForecastRequest& request, std::size_t covariates) {
  if (request.horizon < 1)
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("{} is not a horizon: at least 1 is", request.horizon),
                 .field = "horizon"});
  for (const double level : request.levels)
    if (!(level > 0.0 && level < 100.0))
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("{} is not a level: between 0 and 100 percent is", level),
                   .field = "levels"});
  if (covariates == 0) return {};
  if (request.covariates.size() != covariates)
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("the model was fitted with {} covariates, {} have future "
                                       "values",
                                       covariates, request.covariates.size()),
                 .field = "covariates",
                 .hint = "give future values for each of them"});
  for (const auto& future : request.covariates)
    if (std::cmp_less(future.size(), request.horizon) ||
        !std::ranges::all_of(future, [](double v) { return std::isfinite(v); }))
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("a covariate lacks finite future values for all {} steps",
                                         request.horizon),
                   .field = "covariates",
                   .hint = "give one value per step of the horizon"});
  return {};
}

double finite(double value) {
  constexpr double largest = std::numeric_limits<double>::max();
  return std::isnan(value) ? 0.0 : std::clamp(value, -largest, largest);
}

Forecast normal_forecast(const StepMoments& moments, double scale, std::span<const double> levels) {
  Forecast forecast;
  for (const double m : moments.mean)
    forecast.mean.push_back(finite(finite(m) * scale));
  for (const double level : levels) {
    const double z = band_width(level);
    Interval band{.level = level};
    for (std::size_t h = 0; h < moments.mean.size(); ++h) {
      const double centre = finite(moments.mean[h]);
      const double width = z * std::max(0.0, finite(moments.sd[h]));
      band.lower.push_back(std::min(forecast.mean[h], finite((centre - width) * scale)));
      band.upper.push_back(std::max(forecast.mean[h], finite((centre + width) * scale)));
    }
    forecast.intervals.push_back(std::move(band));
  }
  return forecast;
}

}  // namespace trainyard::models
