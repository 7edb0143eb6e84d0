#include "worker/models/ets/ets_recursion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

constexpr std::size_t stop_mask = 0x3ff;  // looks at the stop token every 1024 observations
constexpr double tiny = 1e-12;            // of the scaled series: closer to 0 is not divided by

// Σ log of many factors with few logarithms.
class LogSum {
 public:
  void add(double factor) {
    product_ *= factor;
    if (product_ < 1e-100 || product_ > 1e100) flush();
  }
  double total() {
    flush();
    return sum_;
  }

 private:
  void flush() {
    sum_ += std::log(product_);
    product_ = 1.0;
  }
  double product_ = 1.0;
  double sum_ = 0.0;
};

struct Step {
  double growth;      // φ·b before the observation
  double underlying;  // q: level and growth without season
  double season;
  double forecast;
  double shock;       // what the level sees of the error
  double innovation;  // ε
};

template <EtsError E, EtsTrend T, EtsSeason S>
struct Machine {
  EtsSmoothing p;
  double level;
  double growth;
  double* season;  // m states, by t mod m

  static constexpr bool has_trend = T != EtsTrend::none;
  static constexpr bool additive_season = S == EtsSeason::additive;
  static constexpr bool multiplicative_season = S == EtsSeason::multiplicative;
  static constexpr bool has_season = S != EtsSeason::none;
  static constexpr bool relative = E == EtsError::multiplicative;

  // False where the form is not defined: a divisor that is not positive.
  bool advance(double y, std::size_t j, Step& step) {
    step.growth = has_trend ? p.phi * growth : 0.0;
    step.underlying = level + step.growth;
    step.season = has_season ? season[j] : 0.0;
    step.forecast = step.underlying;
    if constexpr (additive_season) step.forecast += step.season;
    if constexpr (multiplicative_season) {
      step.forecast *= step.season;
      if (!(step.season > tiny && step.underlying > tiny)) return false;
    }
    if constexpr (relative)
      if (!(step.forecast > tiny)) return false;
    const double e = y - step.forecast;
    step.shock = multiplicative_season ? e / step.season : e;
    step.innovation = relative ? e / step.forecast : e;
    level = step.underlying + p.alpha * step.shock;
    if constexpr (has_trend) growth = step.growth + p.beta * step.shock;
    if constexpr (additive_season) season[j] = step.season + p.gamma * e;
    if constexpr (multiplicative_season) season[j] = step.season + p.gamma * e / step.underlying;
    return true;
  }
};

// Derivatives of the states, and the sums the Gauss–Newton matrix is made of.
template <EtsError E, EtsTrend T, EtsSeason S>
class Tangents {
  using M = Machine<E, T, S>;

 public:
  Tangents(const EtsLayout& layout, std::vector<double>& memory, std::vector<double>& matrix)
      : layout_(layout), n_(layout.size()) {
    const int m = layout.season_length();
    memory.assign(static_cast<std::size_t>(n_) * (m + 2 + rows + 2), 0.0);
    level_ = memory.data();
    growth_ = level_ + n_;
    mean_log_ = growth_ + n_;
    cross_ = mean_log_ + n_;
    row_ = cross_ + n_;
    season_ = row_ + rows * n_;
    matrix.assign(static_cast<std::size_t>(n_) * n_, 0.0);
    matrix_ = matrix.data();
    level_[layout.level()] = 1.0;
    if constexpr (M::has_trend) growth_[layout.growth()] = 1.0;
    if constexpr (M::has_season)
      for (int i = 0; i + 1 < m; ++i) {
        season_[i * n_ + layout.first_season() + i] = 1.0;
        season_[(m - 1) * n_ + layout.first_season() + i] = -1.0;
      }
  }

  // `before` is the machine as it was when `step` was taken.
  void advance(double y, std::size_t j, const Step& step, const EtsSmoothing& p,
               double growth_before) {
    double* __restrict l = level_;
    double* __restrict b = growth_;
    double* __restrict s = season_ + (M::has_season ? j : 0) * n_;
    double* __restrict r = row_ + filled_ * n_;
    if constexpr (T == EtsTrend::damped) {
      // φ scales the old growth: d(φ·b) = φ·db, and b itself for φ's own derivative.
      for (int k = 0; k < n_; ++k)
        b[k] *= p.phi;
      b[layout_.phi()] += growth_before;
    }
    const double e = y - step.forecast;
    const double relative_error = M::multiplicative_season ? e / step.underlying : e;
    const double inverse_season = M::multiplicative_season ? 1.0 / step.season : 1.0;
    const double inverse_level = M::multiplicative_season ? 1.0 / step.underlying : 1.0;
    const double to_row = M::relative ? -y / (step.forecast * step.forecast) : -1.0;
    const double to_log = M::relative ? 1.0 / step.forecast : 0.0;
    for (int k = 0; k < n_; ++k) {
      const double q = M::has_trend ? l[k] + b[k] : l[k];
      double f = q;
      if constexpr (M::additive_season) f += s[k];
      if constexpr (M::multiplicative_season) f = q * step.season + step.underlying * s[k];
      double shock = -f;
      if constexpr (M::multiplicative_season) shock = (-f - step.shock * s[k]) * inverse_season;
      if constexpr (M::additive_season) s[k] -= p.gamma * f;
      if constexpr (M::multiplicative_season)
        s[k] += p.gamma * (-f - relative_error * q) * inverse_level;
      l[k] = q + p.alpha * shock;
      if constexpr (M::has_trend) b[k] += p.beta * shock;
      r[k] = to_row * f;
      if constexpr (M::relative) {
        mean_log_[k] += to_log * f;
      }
    }
    for (int k = 0; k < n_; ++k)
      cross_[k] += step.innovation * r[k];
    own_derivatives(step, relative_error, p, l, b, s);
    if (++filled_ == rows) flush();
  }

  void flush() {
    for (int row = filled_; row < rows; ++row)
      std::fill_n(row_ + row * n_, n_, 0.0);
    const double* __restrict r0 = row_;
    const double* __restrict r1 = row_ + n_;
    const double* __restrict r2 = row_ + 2 * n_;
    const double* __restrict r3 = row_ + 3 * n_;
    for (int i = 0; i < n_; ++i) {
      double* __restrict out = matrix_ + i * n_;
      const double a0 = r0[i], a1 = r1[i], a2 = r2[i], a3 = r3[i];
      for (int k = 0; k <= i; ++k)
        out[k] += a0 * r0[k] + a1 * r1[k] + a2 * r2[k] + a3 * r3[k];
    }
    filled_ = 0;
  }

  // r = ε·g: from the sums over ∂ε to those over ∂r.
  void finish(double squares, double n, double g, EtsCurvature& result) {
    if (filled_ > 0) flush();
    result.gradient.assign(n_, 0.0);
    for (int i = 0; i < n_; ++i) {
      const double c_i = mean_log_[i] / n;
      result.gradient[i] = g * g * (cross_[i] + squares * c_i);
      for (int k = 0; k <= i; ++k) {
        const double c_k = mean_log_[k] / n;
        double& h = matrix_[i * n_ + k];
        h = g * g * (h + cross_[i] * c_k + c_i * cross_[k] + squares * c_i * c_k);
      }
    }
  }

 private:
  static constexpr int rows = 4;

  // What a smoothing parameter changes by being itself, not through the states.
  void own_derivatives(const Step& step, double relative_error, const EtsSmoothing& p, double* l,
                       double* b, double* s) const {
    l[0] += step.shock;
    if constexpr (M::has_trend) {
      b[0] += p.beta / p.alpha * step.shock;
      b[layout_.beta_share()] += p.alpha * step.shock;
    }
    if constexpr (M::has_season) {
      s[0] -= p.gamma / (1.0 - p.alpha) * relative_error;
      s[layout_.gamma_share()] += (1.0 - p.alpha) * relative_error;
    }
  }

  const EtsLayout& layout_;
  int n_;
  int filled_ = 0;
  double* level_;
  double* growth_;
  double* mean_log_;
  double* cross_;
  double* row_;
  double* season_;
  double* matrix_;
};

constexpr EtsObjective undefined{.value = std::numeric_limits<double>::infinity()};

// Calls `body` with the machine of the layout's form, as a type.
template <class Body>
auto with_machine(const EtsForm& form, Body body) {
  const auto with_season = [&]<EtsError E, EtsTrend T>() {
    switch (form.season) {
      case EtsSeason::none:
        return body.template operator()<E, T, EtsSeason::none>();
      case EtsSeason::additive:
        return body.template operator()<E, T, EtsSeason::additive>();
      case EtsSeason::multiplicative:
        break;
    }
    return body.template operator()<E, T, EtsSeason::multiplicative>();
  };
  const auto with_trend = [&]<EtsError E>() {
    switch (form.trend) {
      case EtsTrend::none:
        return with_season.template operator()<E, EtsTrend::none>();
      case EtsTrend::additive:
        return with_season.template operator()<E, EtsTrend::additive>();
      case EtsTrend::damped:
        break;
    }
    return with_season.template operator()<E, EtsTrend::damped>();
  };
  if (form.error == EtsError::additive) return with_trend.template operator()<EtsError::additive>();
  return with_trend.template operator()<EtsError::multiplicative>();
}

}  // namespace

EtsRecursion::EtsRecursion(std::span<const double> y, const EtsLayout& layout, std::stop_token stop)
    : y_(y), layout_(layout), stop_(std::move(stop)) {}

EtsObjective EtsRecursion::evaluate(std::span<const double> x) {
  auto start = layout_.state(x);
  season_ = std::move(start.season);
  return with_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    Machine<E, T, S> machine{layout_.smoothing(x), start.level, start.growth, season_.data()};
    const std::size_t m = layout_.season_length();
    double squares = 0.0;
    LogSum logs;
    Step step{};
    for (std::size_t t = 0, j = 0; t < y_.size(); ++t, j = j + 1 == m ? 0 : j + 1) {
      if ((t & stop_mask) == stop_mask && stop_.stop_requested()) return undefined;
      if (!machine.advance(y_[t], j, step)) return undefined;
      squares += step.innovation * step.innovation;
      if constexpr (E == EtsError::multiplicative) logs.add(step.forecast);
    }
    const double log_mean = logs.total() / static_cast<double>(y_.size());
    const double value = squares * std::exp(2.0 * log_mean);
    return std::isfinite(value) ? EtsObjective{.value = value, .log_mean = log_mean} : undefined;
  });
}

void EtsRecursion::differentiate(std::span<const double> x, EtsCurvature& result) {
  auto start = layout_.state(x);
  season_ = std::move(start.season);
  result.objective = with_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    Machine<E, T, S> machine{layout_.smoothing(x), start.level, start.growth, season_.data()};
    Tangents<E, T, S> tangents(layout_, tangents_, result.matrix);
    const std::size_t m = layout_.season_length();
    double squares = 0.0;
    LogSum logs;
    Step step{};
    for (std::size_t t = 0, j = 0; t < y_.size(); ++t, j = j + 1 == m ? 0 : j + 1) {
      if ((t & stop_mask) == stop_mask && stop_.stop_requested()) return undefined;
      const double growth_before = machine.growth;
      if (!machine.advance(y_[t], j, step)) return undefined;
      tangents.advance(y_[t], j, step, machine.p, growth_before);
      squares += step.innovation * step.innovation;
      if constexpr (E == EtsError::multiplicative) logs.add(step.forecast);
    }
    const auto n = static_cast<double>(y_.size());
    const double log_mean = logs.total() / n;
    const double g = std::exp(log_mean);
    tangents.finish(squares, n, g, result);
    return EtsObjective{.value = squares * g * g, .log_mean = log_mean};
  });
}

EtsPass EtsRecursion::run(std::span<const double> x) {
  EtsPass pass{.objective = evaluate(x), .final_state = layout_.state(x)};
  auto& state = pass.final_state;
  with_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    Machine<E, T, S> machine{layout_.smoothing(x), state.level, state.growth, state.season.data()};
    const std::size_t m = layout_.season_length();
    Step step{};
    for (std::size_t t = 0; t < y_.size() && machine.advance(y_[t], t % m, step); ++t)
      pass.innovations.push_back(step.innovation);
    state.level = machine.level;
    state.growth = machine.growth;
    if (S != EtsSeason::none)
      std::ranges::rotate(state.season, state.season.begin() + (y_.size() % m));
  });
  return pass;
}

}  // namespace trainyard::models
