#include "worker/models/ets/ets_recursion.hpp"

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_tangents.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trainyard::models {
namespace {

constexpr std::size_t stop_mask = 0x3ff;  // looks at the stop token every 1024 observations

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

constexpr EtsObjective undefined{.value = std::numeric_limits<double>::infinity()};

}  // namespace

EtsRecursion::EtsRecursion(std::span<const double> y, const EtsLayout& layout, std::stop_token stop)
    : y_(y), layout_(layout), stop_(std::move(stop)) {}

EtsObjective EtsRecursion::evaluate(std::span<const double> x) {
  auto start = layout_.state(x);
  season_ = std::move(start.season);
  return with_ets_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    EtsMachine<E, T, S> machine{layout_.smoothing(x), start.level, start.growth, season_.data()};
    const std::size_t m = layout_.season_length();
    double squares = 0.0;
    LogSum logs;
    EtsStep step{};
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
  result.objective = with_ets_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    EtsMachine<E, T, S> machine{layout_.smoothing(x), start.level, start.growth, season_.data()};
    EtsTangents<E, T, S> tangents(layout_, tangents_, result.matrix);
    const std::size_t m = layout_.season_length();
    double squares = 0.0;
    LogSum logs;
    EtsStep step{};
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
  with_ets_machine(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    EtsMachine<E, T, S> machine{layout_.smoothing(x), state.level, state.growth,
                                state.season.data()};
    const std::size_t m = layout_.season_length();
    EtsStep step{};
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
