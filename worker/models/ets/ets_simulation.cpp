#include "worker/models/ets/ets_simulation.hpp"

#include "worker/models/ets/ets_machine.hpp"
#include "worker/models/ets/ets_moments.hpp"
#include "worker/models/numeric/normal_bands.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <span>

namespace trainyard::models {
namespace {

constexpr int pairs = 1000;
constexpr std::uint64_t seed = 20'080'619;

// Normal errors that are the same everywhere, which std::normal_distribution does not promise
// (Box & Muller 1958).
class Errors {
 public:
  void fill(std::span<double> errors, double sd) {
    for (double& error : errors) {
      const double radius = std::sqrt(-2.0 * std::log(uniform()));
      error = sd * radius * std::cos(2.0 * std::numbers::pi * uniform());
    }
  }

 private:
  double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1.0p-53; }  // (0, 1)
  std::mt19937_64 random_{seed};
};

// The observations that follow from such errors, times `sign`; shorter where the form is no longer
// defined.
void simulate(const EtsFit& fit, std::span<const double> errors, double sign,
              std::vector<double>& path, std::vector<double>& season) {
  season = fit.final.season;
  path.clear();
  with_ets_form(fit.form, [&]<EtsError E, EtsTrend T, EtsSeason S>() {
    using Machine = EtsMachine<E, T, S>;
    Machine machine{fit.smoothing, fit.final.level, fit.final.growth, season.data()};
    const std::size_t m = std::max<std::size_t>(1, season.size());
    EtsStep step{};
    for (std::size_t h = 0; h < errors.size(); ++h) {
      if (!machine.expect(h % m, step)) return;
      // A relative error of −1 or less would turn what is positive around.
      const double error =
          Machine::relative ? std::max(sign * errors[h], -1.0 + Machine::tiny) : sign * errors[h];
      const double y = step.forecast + (Machine::relative ? step.forecast * error : error);
      if (!std::isfinite(y)) return;
      path.push_back(y);
      machine.absorb(y, h % m, step);
    }
  });
}

// The values of each step of all futures, ascending. Of no use when stopped early.
std::vector<std::vector<double>> futures(const EtsFit& fit, int horizon,
                                         const std::stop_token& stop) {
  std::vector<std::vector<double>> values(horizon);
  std::vector<double> errors(horizon);
  std::vector<double> path;
  std::vector<double> season;
  Errors source;
  for (int pair = 0; pair < pairs && !stop.stop_requested(); ++pair) {
    source.fill(errors, std::sqrt(fit.variance));
    for (const double sign : {1.0, -1.0}) {
      simulate(fit, errors, sign, path, season);
      for (std::size_t h = 0; h < path.size(); ++h)
        values[h].push_back(path[h]);
    }
  }
  for (auto& step : values)
    if (!stop.stop_requested()) std::ranges::sort(step);
  return values;
}

// Between the order statistics around share · (n − 1).
double quantile(std::span<const double> sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  return (1.0 - part) * sorted[below] + part * sorted[above];
}

}  // namespace

Result<Forecast> simulated_forecast(const EtsFit& fit, double scale,
                                    const ForecastRequest& request) {
  Forecast forecast;
  for (const double mean : ets_path(fit, request.horizon))
    forecast.mean.push_back(finite(finite(mean) * scale));
  if (request.levels.empty()) return forecast;
  const auto values = futures(fit, request.horizon, request.stop);
  if (request.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
  for (const double level : request.levels) {
    Interval band{.level = level};
    const double tail = (100.0 - level) / 200.0;
    double lower = forecast.mean.front();
    double upper = lower;
    for (std::size_t h = 0; h < values.size(); ++h) {
      // Past the end of all futures the band stays where it was.
      if (!values[h].empty()) {
        lower = finite(quantile(values[h], tail) * scale);
        upper = finite(quantile(values[h], 1.0 - tail) * scale);
      }
      band.lower.push_back(std::min(lower, forecast.mean[h]));
      band.upper.push_back(std::max(upper, forecast.mean[h]));
    }
    forecast.intervals.push_back(std::move(band));
  }
  return forecast;
}

}  // namespace trainyard::models
