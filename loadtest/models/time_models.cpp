// Prints what each model costs on one thread: warm CPU milliseconds per series, fit and forecast of
// 12 steps with a band of 95 percent, on made-up monthly series (growth, a multiplicative season
// and noise, the same ones in each run).
//
//   trainyard_loadtest_models [series = 50] [length = 441]
#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <ctime>
#include <random>
#include <vector>

namespace {

using namespace trainyard;
using namespace std::chrono_literals;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<double> made_up(std::size_t length, std::mt19937_64& random) {
  const auto noise = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5; };
  std::vector<double> y;
  const double growth = 0.004 * noise() + 0.003;
  const double swing = 0.1 + 0.2 * (noise() + 0.5);
  double level = 100.0;
  for (std::size_t t = 0; t < length; ++t) {
    level *= 1.0 + growth + 0.03 * noise();
    const double angle = 2.0 * M_PI * static_cast<double>(t % 12) / 12.0;
    y.push_back(level * (1.0 + swing * std::sin(angle)) * (1.0 + 0.05 * noise()));
  }
  return y;
}

struct Cost {
  double fit_ms = 0.0;
  double forecast_ms = 0.0;
  int failures = 0;
};

Cost measure(const models::Model& model, const std::vector<std::vector<double>>& all) {
  constexpr std::array levels{95.0};
  Cost cost;
  for (const auto& y : all) {
    const models::Series series{.y = y,
                                .start = std::chrono::sys_days(1990y / 1 / 1),
                                .frequency = {.period = domain::Period::month},
                                .season_length = 12};
    const double start = cpu_ms();
    const auto fitted = model.fit(series, {});
    const double middle = cpu_ms();
    if (!fitted || !(*fitted)->forecast({.horizon = 12, .levels = levels})) ++cost.failures;
    cost.fit_ms += middle - start;
    cost.forecast_ms += cpu_ms() - middle;
  }
  cost.fit_ms /= static_cast<double>(all.size());
  cost.forecast_ms /= static_cast<double>(all.size());
  return cost;
}

std::size_t argument(int argc, char** argv, int index, std::size_t fallback) {
  if (argc <= index) return fallback;
  std::size_t value = fallback;
  std::from_chars(argv[index], argv[index] + std::strlen(argv[index]), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937_64 random(1);
  std::vector<std::vector<double>> all;
  const std::size_t length = argument(argc, argv, 2, 441);
  for (std::size_t i = 0; i < argument(argc, argv, 1, 50); ++i)
    all.push_back(made_up(length, random));

  fmt::print("{} monthly series of {}; CPU ms per series\n", all.size(), length);
  fmt::print("{:<16}{:>10}{:>10}{:>10}\n", "model", "fit", "forecast", "failures");
  for (const auto name : models::model_names()) {
    const auto model = models::make_model(name);
    measure(*model, {all.front()});
    const Cost cost = measure(*model, all);
    fmt::print("{:<16}{:>10.3f}{:>10.3f}{:>10}\n", name, cost.fit_ms, cost.forecast_ms,
               cost.failures);
  }
}
