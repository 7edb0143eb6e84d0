#include "worker/models/numeric/scaled_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

Result<void> check_finite(std::span<const double> values, std::string_view what) {
  const auto bad = std::ranges::find_if_not(values, [](double v) { return std::isfinite(v); });
  if (bad == values.end()) return {};
  return fail({.code = Errc::invalid_argument,
               .detail = fmt::format("{} holds a value that is not a finite number", what),
               .row = bad - values.begin() + 1,
               .hint = "fill or drop missing values first"});
}

}  // namespace

Result<ScaledSeries> scaled(const Series& series, const LengthNeed& need) {
  if (series.y.size() < need.observations)
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("{} needs at least {} observations, the series has {}",
                                       need.model, need.observations, series.y.size()),
                 .hint = "use more history, or the model naive"});
  TRY_DO(check_finite(series.y, "the series"));
  for (const auto& covariate : series.covariates) {
    if (covariate.size() != series.y.size())
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("a covariate has {} values for {} observations",
                                         covariate.size(), series.y.size())});
    TRY_DO(check_finite(covariate, "a covariate"));
  }

  ScaledSeries result{.y = {series.y.begin(), series.y.end()}};
  double largest = 0.0;
  for (const double v : series.y)
    largest = std::max(largest, std::abs(v));
  if (largest > 0.0) result.scale = largest;
  for (double& v : result.y)
    v /= result.scale;
  return result;
}

void scale_to_mean_size(ScaledSeries& series) {
  double size = 0.0;
  for (const double v : series.y)
    size += std::abs(v);
  size /= static_cast<double>(series.y.size());
  if (series.scale * size < std::numeric_limits<double>::min()) return;
  for (double& v : series.y)
    v /= size;
  series.scale *= size;
}

Result<std::vector<double>> scaled_next(const Series& next, double scale) {
  constexpr double growth_max = 1e6;
  TRY_DO(check_finite(next.y, "the series"));
  std::vector<double> y;
  for (const double v : next.y)
    y.push_back(v / scale);
  const auto far = std::ranges::find_if(y, [](double v) { return std::abs(v) > growth_max; });
  if (far == y.end()) return y;
  return fail({.code = Errc::invalid_argument,
               .detail = "the series holds a value over a million times the largest of the fit",
               .row = far - y.begin() + 1,
               .hint = "fit the model anew"});
}

bool is_constant(std::span<const double> y) {
  return std::ranges::all_of(y, [&](double v) { return v == y.front(); });
}

}  // namespace trainyard::models
