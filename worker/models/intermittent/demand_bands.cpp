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

double deviation(const DemandStep& step) {
  const double mean = step.probability * step.size;
  const double squares = step.probability * (step.variance + step.size * step.size);
  return std::sqrt(std::max(0.0, squares - mean * mean));
}

}  // namespace

Forecast demand_forecast(std::span<const DemandStep> steps, Sizes sizes, double scale,
                         std::span<const double> levels) {
  StepMoments moments;
  for (const auto& step : steps) {
    moments.mean.push_back(step.probability * step.size);
    moments.sd.push_back(deviation(step));
  }
  if (sizes == Sizes::any) return normal_forecast(moments, scale, levels);
  Forecast forecast = normal_forecast(moments, scale, {});
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
