#include "worker/models/ets/ets_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trainyard::models {
namespace {

// c_j: what an ε of now changes j periods later, j = 1, 2, …
std::vector<double> responses(const EtsFit& fit, int horizon) {
  const auto& p = fit.smoothing;
  std::vector<double> c;
  double damping = 1.0;
  double growth_steps = 0.0;  // φ + φ² + … + φ^j
  for (std::size_t j = 1; std::cmp_less(j, horizon); ++j) {
    damping *= p.phi;
    growth_steps += damping;
    double response = p.alpha + p.beta * growth_steps;
    if (fit.form.has_season() && j % fit.final.season.size() == 0) response += p.gamma;
    c.push_back(response);
  }
  return c;
}

// Class 1: v_h = σ²(1 + Σ_{j<h} c_j²).
std::vector<double> linear_sd(const EtsFit& fit, int horizon) {
  std::vector<double> sd{std::sqrt(fit.variance)};
  double sum = 1.0;
  for (const double c : responses(fit, horizon)) {
    sum += c * c;
    sd.push_back(std::sqrt(fit.variance * sum));
  }
  return sd;
}

// Class 2: θ_h = μ_h² + σ² Σ_{j<h} c_j² θ_{h−j} and v_h = (1 + σ²)θ_h − μ_h².
std::vector<double> relative_sd(const EtsFit& fit, std::span<const double> mean) {
  const auto c = responses(fit, static_cast<int>(mean.size()));
  std::vector<double> theta;
  std::vector<double> sd;
  for (std::size_t h = 0; h < mean.size(); ++h) {
    double sum = 0.0;
    for (std::size_t j = 1; j <= h; ++j)
      sum += c[j - 1] * c[j - 1] * theta[h - j];
    theta.push_back(mean[h] * mean[h] + fit.variance * sum);
    sd.push_back(std::sqrt(std::max(0.0, (1.0 + fit.variance) * theta[h] - mean[h] * mean[h])));
  }
  return sd;
}

// Moments of level l and growth b under the weight that the season's own shocks put on them: of
// one of the m indices, (1 + γε) for the mean and (1 + γε)² for the square, whenever ε hits it.
struct WeightedMoments {
  double l, b;        // E[w·l], E[w·b]
  double ll, lb, bb;  // E[w²·l²], E[w²·lb], E[w²·b²]

  double mean(double phi) const { return l + phi * b; }
  double square(double phi) const { return ll + 2.0 * phi * lb + phi * phi * bb; }

  // One period: u = l + φb, l' = u(1 + αε), b' = φb + βuε; gamma is 0 when ε hits another index.
  void advance(const EtsSmoothing& p, double gamma, double variance) {
    const double u = mean(p.phi);
    const double uu = square(p.phi);
    const double ub = p.phi * (lb + p.phi * bb);  // u·φb
    const double growth = p.phi * b;
    l = u * (1.0 + p.alpha * gamma * variance);
    b = growth + p.beta * gamma * variance * u;

    // E[(a0 + a1·ε + a2·ε²)(1 + γε)²] for normal ε.
    const double one = 1.0 + gamma * gamma * variance;
    const double first = 2.0 * gamma * variance;
    const double second = variance + 3.0 * gamma * gamma * variance * variance;
    const double growth_squared = p.phi * p.phi * bb;
    ll = uu * (one + 2.0 * p.alpha * first + p.alpha * p.alpha * second);
    lb = ub * one + (p.beta * uu + p.alpha * ub) * first + p.alpha * p.beta * uu * second;
    bb = growth_squared * one + 2.0 * p.beta * ub * first + p.beta * p.beta * uu * second;
  }
};

// Class 3, one pass per index of the season.
StepMoments seasonal_moments(const EtsFit& fit, int horizon) {
  const int m = static_cast<int>(fit.final.season.size());
  const auto& [level, growth, season] = fit.final;
  StepMoments moments{.mean = std::vector<double>(horizon), .sd = std::vector<double>(horizon)};
  for (int index = 0; index < std::min(m, horizon); ++index) {
    WeightedMoments w{level, growth, level * level, level * growth, growth * growth};
    for (int h = 0; h < horizon; ++h) {
      const bool hit = h % m == index;
      if (hit) {
        const double mean = season[index] * w.mean(fit.smoothing.phi);
        const double square = season[index] * season[index] * w.square(fit.smoothing.phi);
        moments.mean[h] = mean;
        moments.sd[h] = std::sqrt(std::max(0.0, square * (1.0 + fit.variance) - mean * mean));
      }
      w.advance(fit.smoothing, hit ? fit.smoothing.gamma : 0.0, fit.variance);
    }
  }
  return moments;
}

}  // namespace

bool has_exact_moments(const EtsForm& form) {
  if (multiplies(form.trend)) return false;
  return form.error == EtsError::multiplicative || form.season != EtsSeason::multiplicative;
}

StepMoments ets_moments(const EtsFit& fit, int horizon) {
  if (fit.form.season == EtsSeason::multiplicative) return seasonal_moments(fit, horizon);
  StepMoments moments{.mean = ets_path(fit, horizon)};
  moments.sd = fit.form.error == EtsError::additive ? linear_sd(fit, horizon)
                                                    : relative_sd(fit, moments.mean);
  return moments;
}

std::vector<double> ets_path(const EtsFit& fit, int horizon) {
  std::vector<double> mean;
  double level = fit.final.level;
  double growth = fit.final.growth;
  for (std::size_t h = 0; std::cmp_less(h, horizon); ++h) {
    if (multiplies(fit.form.trend)) {
      growth = std::pow(growth, fit.smoothing.phi);
      level *= growth;
    } else {
      growth *= fit.smoothing.phi;
      level += growth;
    }
    double value = level;
    if (fit.form.has_season()) {
      const double index = fit.final.season[h % fit.final.season.size()];
      value = fit.form.season == EtsSeason::additive ? value + index : value * index;
    }
    mean.push_back(value);
  }
  return mean;
}

}  // namespace trainyard::models
