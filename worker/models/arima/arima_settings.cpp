#include "worker/models/arima/arima_settings.hpp"

#include "worker/models/hyperparameters.hpp"

#include <array>

namespace trainyard::models {
namespace {

constexpr double order_max = 24;
constexpr double seasonal_max = 4;
constexpr double difference_max = 2;

std::optional<int> optional_order(Hyperparameters& settings, std::string_view name, double max) {
  if (settings.json(name) == nullptr) return std::nullopt;
  return settings.integer(name, 0, {0, max});
}

ArimaLimits read_limits(Hyperparameters& settings) {
  ArimaLimits limits;
  const auto order = [&](std::string_view name, int& value, double max) {
    value = settings.integer(name, value, {0, max});
  };
  order("max_p", limits.max_p, order_max);
  order("max_q", limits.max_q, order_max);
  order("max_P", limits.max_seasonal_p, seasonal_max);
  order("max_Q", limits.max_seasonal_q, seasonal_max);
  order("max_order", limits.max_order, 2 * (order_max + seasonal_max));
  order("max_d", limits.max_d, difference_max);
  order("max_D", limits.max_seasonal_d, difference_max);
  order("start_p", limits.start_p, order_max);
  order("start_q", limits.start_q, order_max);
  order("start_P", limits.start_seasonal_p, seasonal_max);
  order("start_Q", limits.start_seasonal_q, seasonal_max);
  limits.d = optional_order(settings, "d", difference_max);
  limits.seasonal_d = optional_order(settings, "D", difference_max);
  if (settings.flag("stationary", false)) limits.d = limits.seasonal_d = 0;
  limits.stepwise = settings.flag("stepwise", limits.stepwise);
  limits.approximation = settings.flag("approximation", limits.approximation);
  static constexpr std::array<std::string_view, 2> tests{"kpss", "adf"};
  if (settings.choice("test", tests[0], tests) == tests[1]) limits.test = UnitRootTest::adf;
  return limits;
}

}  // namespace

Result<ArimaSettings> read_arima_settings(std::string_view hyperparameters, int season) {
  Hyperparameters settings("arima", hyperparameters);
  ArimaSettings result{.limits = read_limits(settings)};
  auto& limits = result.limits;
  if (!settings.flag("seasonal", true)) {
    limits.seasonal_d = 0;
    limits.max_seasonal_p = limits.max_seasonal_q = 0;
  }
  auto order = settings.integers("order", 3, {0, order_max});
  auto seasonal = settings.integers("seasonal_order", 3, {0, seasonal_max});
  const bool is_given = !order.empty() || !seasonal.empty();
  limits.mean = settings.flag("include_mean", true);
  limits.drift = settings.flag("include_drift", !is_given);
  if (is_given) {
    order.resize(3);
    seasonal.resize(3);
    const int differences = order[1] + seasonal[1];
    if (differences > 3) settings.refuse("order", "expected no more than 3 differences in all");
    if (seasonal[0] + seasonal[1] + seasonal[2] > 0 && season < 2)
      settings.refuse("seasonal_order", "the series has no season: leave it out");
    if (limits.drift && differences > 1)
      settings.refuse("include_drift", "expected false where d + D is above 1");
    result.form = {.p = order[0],
                   .d = order[1],
                   .q = order[2],
                   .seasonal_p = seasonal[0],
                   .seasonal_d = seasonal[1],
                   .seasonal_q = seasonal[2],
                   .season = season,
                   .mean = limits.mean && differences == 0,
                   .drift = limits.drift && differences < 2};
  }
  TRY_DO(settings.result());
  return result;
}

}  // namespace trainyard::models
