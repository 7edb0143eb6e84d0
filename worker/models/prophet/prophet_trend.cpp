#include "worker/models/prophet/prophet_trend.hpp"

#include <cmath>

namespace trainyard::models {

std::vector<double> trend_path(const ProphetTrend& trend, const ProphetParameters& parameters,
                               std::span<const double> t) {
  const bool is_logistic = trend.growth == Growth::logistic;
  double offset = is_logistic ? -parameters.k * parameters.m : parameters.m;
  double rate = trend.growth == Growth::flat ? 0.0 : parameters.k;
  std::vector<double> path;
  path.reserve(t.size());
  std::size_t next = 0;
  for (const double time : t) {
    for (; next < trend.changepoints.size() && trend.changepoints[next] <= time; ++next) {
      rate += parameters.delta[next];
      offset -= parameters.delta[next] * trend.changepoints[next];
    }
    path.push_back(offset + rate * time);
  }
  return path;
}

double trend_value(const ProphetTrend& trend, double path) {
  return trend.growth == Growth::logistic ? trend.cap / (1.0 + std::exp(-path)) : path;
}

}  // namespace trainyard::models
