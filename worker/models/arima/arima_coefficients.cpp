#include "worker/models/arima/arima_coefficients.hpp"

#include <cmath>

namespace trainyard::models {
namespace {

// The largest partial autocorrelation that a start may have.
constexpr double correlation_max = 0.98;

// Durbin's recursion: partial autocorrelations, in place, become the coefficients of
// 1 − Σ a_j B^j with all roots outside the unit circle.
void from_correlations(std::span<double> a) {
  for (std::size_t k = 1; k < a.size(); ++k) {
    const double r = a[k];
    for (std::size_t i = 0; i < (k + 1) / 2; ++i) {
      const std::size_t j = k - 1 - i;
      const double low = a[i];
      const double high = a[j];
      a[i] = low - r * high;
      if (i != j) a[j] = high - r * low;
    }
  }
}

// The inverse; false when a root is on or inside the unit circle.
bool to_correlations(std::span<double> a) {
  for (std::size_t k = a.size(); k-- > 0;) {
    const double r = a[k];
    if (!(std::abs(r) < 1.0)) return false;
    const double scale = 1.0 / (1.0 - r * r);
    for (std::size_t i = 0; i < (k + 1) / 2; ++i) {
      const std::size_t j = k - 1 - i;
      const double low = a[i];
      const double high = a[j];
      a[i] = (low + r * high) * scale;
      if (i != j) a[j] = (high + r * low) * scale;
    }
  }
  return true;
}

// Calls visit(first, size, sign) for φ, Φ, θ and Θ; sign turns 1 + Σ into 1 − Σ.
template <typename Visit>
void for_each_block(const ArimaForm& form, Visit visit) {
  std::size_t first = 0;
  const auto block = [&](int size, double sign) {
    visit(first, static_cast<std::size_t>(size), sign);
    first += size;
  };
  block(form.p, 1.0);
  block(form.seasonal_p, 1.0);
  block(form.q, -1.0);
  block(form.seasonal_q, -1.0);
}

std::vector<ArimaTerm> product(std::span<const double> plain, std::span<const double> seasonal,
                               int season, double sign) {
  std::vector<ArimaTerm> terms;
  terms.reserve((plain.size() + 1) * (seasonal.size() + 1));
  const auto add_plain = [&](int shift, double factor) {
    for (std::size_t i = 0; i < plain.size(); ++i)
      terms.push_back({.lag = shift + static_cast<int>(i) + 1, .weight = factor * plain[i]});
  };
  add_plain(0, 1.0);
  for (std::size_t k = 0; k < seasonal.size(); ++k) {
    const int shift = season * (static_cast<int>(k) + 1);
    terms.push_back({.lag = shift, .weight = seasonal[k]});
    add_plain(shift, sign * seasonal[k]);
  }
  return terms;
}

}  // namespace

ArimaCoefficients::ArimaCoefficients(const ArimaForm& form, std::span<const double> values)
    : ar(values.subspan(0, form.p)),
      seasonal_ar(values.subspan(form.p, form.seasonal_p)),
      ma(values.subspan(form.p + form.seasonal_p, form.q)),
      seasonal_ma(values.subspan(form.p + form.seasonal_p + form.q, form.seasonal_q)) {}

void constrain(const ArimaForm& form, std::span<const double> free, std::span<double> values) {
  for_each_block(form, [&](std::size_t first, std::size_t size, double sign) {
    const auto block = values.subspan(first, size);
    for (std::size_t i = 0; i < size; ++i)
      block[i] = free[first + i] / std::sqrt(1.0 + free[first + i] * free[first + i]);
    from_correlations(block);
    for (double& value : block)
      value *= sign;
  });
}

std::vector<double> unconstrain(const ArimaForm& form, std::span<const double> values) {
  std::vector<double> free(values.begin(), values.end());
  for_each_block(form, [&](std::size_t first, std::size_t size, double sign) {
    const std::span block = std::span(free).subspan(first, size);
    double shrink = 1.0;
    do {
      double power = sign;
      for (std::size_t i = 0; i < size; ++i)
        block[i] = (power *= shrink) * values[first + i];
      shrink *= 0.95;
    } while (!to_correlations(block));
    for (double& r : block) {
      r = std::clamp(r, -correlation_max, correlation_max);
      r /= std::sqrt(1.0 - r * r);
    }
  });
  return free;
}

bool has_roots_outside(const ArimaForm& form, std::span<const double> values, double radius) {
  bool outside = true;
  std::vector<double> scaled;
  for_each_block(form, [&](std::size_t first, std::size_t size, double sign) {
    // The roots of φ(radius·z) are those of φ(z), drawn in by the radius.
    scaled.assign(values.begin() + first, values.begin() + first + size);
    double power = sign;
    for (double& value : scaled)
      value *= power *= radius;
    outside = outside && to_correlations(scaled);
  });
  return outside;
}

std::vector<ArimaTerm> ar_terms(const ArimaForm& form, const ArimaCoefficients& c) {
  return product(c.ar, c.seasonal_ar, form.season, -1.0);
}

std::vector<ArimaTerm> ma_terms(const ArimaForm& form, const ArimaCoefficients& c) {
  return product(c.ma, c.seasonal_ma, form.season, 1.0);
}

}  // namespace trainyard::models
