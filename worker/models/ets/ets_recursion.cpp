#include "worker/models/ets/ets_recursion.hpp"

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_tangents.hpp"
#include "worker/models/numeric/log_sum.hpp"
#include "worker/models/numeric/wide_vectors.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace trainyard::models {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t stop_mask = 0x3ff;  // looks at the stop token every 1024 observations

}  // namespace

EtsRecursion::EtsRecursion(std::span<const double> y, const EtsLayout& layout, std::stop_token stop)
    : y_(y), layout_(layout), stop_(std::move(stop)), season_(layout.season_length()) {}

double EtsRecursion::evaluate(std::span<const double> x) {
  return with_ets_form(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    using Machine = EtsMachine<E, T, S>;
    if constexpr (Machine::has_season) layout_.fill_season(x, season_);
    Machine machine{layout_.smoothing(x), x[layout_.level()],
                    Machine::has_trend ? x[layout_.growth()] : 0.0, season_.data()};
    const std::size_t m = season_.size();
    double squares = 0.0;
    LogSum logs;
    EtsStep step{};
    for (std::size_t t = 0, j = 0; t < y_.size(); ++t, j = j + 1 == m ? 0 : j + 1) {
      if ((t & stop_mask) == stop_mask && stop_.stop_requested()) return infinity;
      if (!machine.advance(y_[t], j, step)) return infinity;
      squares += step.innovation * step.innovation;
      if constexpr (Machine::relative) logs.add(step.forecast);
    }
    const double value = squares * std::exp(2.0 * logs.total() / static_cast<double>(y_.size()));
    return std::isfinite(value) ? value : infinity;
  });
}

double EtsRecursion::differentiate(std::span<const double> x, EtsCurvature& result) {
  return with_ets_form(layout_.form(), [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    using Machine = EtsMachine<E, T, S>;
    if constexpr (Machine::has_season) layout_.fill_season(x, season_);
    Machine machine{layout_.smoothing(x), x[layout_.level()],
                    Machine::has_trend ? x[layout_.growth()] : 0.0, season_.data()};
    EtsTangents<E, T, S> tangents(layout_, machine.p, tangents_);
    const std::size_t m = season_.size();
    return on_wide_vectors([&]() TRAINYARD_INLINE {
      double squares = 0.0;
      LogSum logs;
      EtsStep step{};
      for (std::size_t t = 0, j = 0; t < y_.size(); ++t, j = j + 1 == m ? 0 : j + 1) {
        if ((t & stop_mask) == stop_mask && stop_.stop_requested()) return infinity;
        if (!machine.advance(y_[t], j, step)) return infinity;
        tangents.advance(y_[t], j, step);
        squares += step.innovation * step.innovation;
        if constexpr (Machine::relative) logs.add(step.forecast);
      }
      const auto n = static_cast<double>(y_.size());
      const double g = std::exp(logs.total() / n);
      tangents.sums().finish(squares, n, g, result);
      return squares * g * g;
    });
  });
}

}  // namespace trainyard::models
