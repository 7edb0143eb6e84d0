#include "worker/models/intermittent/demand_bands.hpp"

#include "worker/models/numeric/normal_bands.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

double normal_quantile(double share) {
  const double z = band_width(100.0 * std::abs(2.0 * share - 1.0));
  return share < 0.5 ? -z : z;
}

// Below which the given share of the outcomes lies.
double quantile(const DemandStep& step, double share) {
  const double none = 1.0 - step.probability;
  if (share <= none || !(step.size > 0.0)) return 0.0;
  if (!(step.variance > 0.0)) return step.size;
  const double inside = std::min((share - none) / step.probability, 1.0 - 1e-12);
  const double spread = std::log1p(step.variance / (step.size * step.size));
  return step.size * std::exp(std::sqrt(spread) * normal_quantile(inside) - 0.5 * spread);
}

}  // namespace

Forecast demand_forecast(std::span<const DemandStep> steps, double scale,
                         std::span<const double> levels) {
  Forecast forecast;
  for (const auto& step : steps)
    forecast.mean.push_back(finite(step.probability * step.size * scale));
  for (const double level : levels) {
    const double tail = 0.5 - level / 200.0;
    Interval band{.level = level};
    for (std::size_t h = 0; h < steps.size(); ++h) {
      const double mean = forecast.mean[h];
      band.lower.push_back(std::min(mean, finite(quantile(steps[h], tail) * scale)));
      band.upper.push_back(std::max(mean, finite(quantile(steps[h], 1.0 - tail) * scale)));
    }
    forecast.intervals.push_back(std::move(band));
  }
  return forecast;
}

}  // namespace trainyard::models
