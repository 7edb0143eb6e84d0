// Prints how soon each model honours a stop request: the most CPU milliseconds from a request to
// the end of fit(), for requests at random moments of it, and what forecast() and update() take,
// on made-up series that are long or hard. A fit may look at its stop token seldom but never late:
// the promise of model.hpp is 50 ms.
//
//   trainyard_loadtest_stops [requests = 20] [observations, 0 = all cases] [model ...]
#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <random>
#include <thread>
#include <vector>

namespace {

using namespace trainyard;
using namespace std::chrono_literals;

double ms_on(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

std::vector<double> made_up(std::size_t length) {
  std::mt19937_64 random(1);
  std::vector<double> y;
  for (std::size_t t = 0; t < length; ++t) {
    const auto at = 2.0 * M_PI * static_cast<double>(t);
    y.push_back(200.0 + 30.0 * std::sin(at / 24.0) + 10.0 * std::sin(at / 168.0) +
                20.0 * uniform(random));
  }
  return y;
}

struct Fit {
  double took_ms = 0.0;
  std::optional<double> stopped_ms;  // since the request, if it came before the end
  Result<std::unique_ptr<models::FittedModel>> fitted;
};

// Stopped once the fit has worked for `after_ms`.
Fit fit(const models::Model& model, const models::Series& series, double after_ms) {
  std::stop_source source;
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  const double start = ms_on(clock);
  std::atomic<double> requested = 0.0;
  std::jthread watcher([&](const std::stop_token& is_over) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any woken;
    while (!is_over.stop_requested() && ms_on(clock) < start + after_ms)
      woken.wait_for(lock, is_over, 200us, [] { return false; });
    if (is_over.stop_requested()) return;
    requested = ms_on(clock);
    source.request_stop();
  });
  auto fitted = model.fit(series, {.stop = source.get_token()});
  const double end = ms_on(clock);
  watcher.request_stop();
  watcher.join();
  Fit result{.took_ms = end - start, .fitted = std::move(fitted)};
  if (!result.fitted && requested > 0.0) result.stopped_ms = std::max(0.0, end - requested);
  return result;
}

double time_forecast(const models::FittedModel& fitted) {
  constexpr std::array levels{80.0, 95.0};
  const double start = ms_on(CLOCK_THREAD_CPUTIME_ID);
  const auto forecast = fitted.forecast({.horizon = 10'000, .levels = levels});
  return forecast ? ms_on(CLOCK_THREAD_CPUTIME_ID) - start : NAN;
}

double time_update(const models::FittedModel& fitted, models::Series next) {
  next.start =
      domain::advance(next.start, next.frequency, static_cast<std::int64_t>(next.y.size()));
  const double start = ms_on(CLOCK_THREAD_CPUTIME_ID);
  const auto updated = fitted.update(next);
  return updated ? ms_on(CLOCK_THREAD_CPUTIME_ID) - start : NAN;
}

struct Case {
  std::size_t observations;
  domain::Period period;
  int season_length;
  std::vector<int> long_seasons = {};
};
const std::array cases{
    Case{441, domain::Period::month, 12}, Case{1'008, domain::Period::hour, 24, {168}},
    Case{10'000, domain::Period::hour, 24, {168}}, Case{100'000, domain::Period::hour, 24, {168}}};

void measure(std::string_view name, const models::Series& series, std::size_t requests) {
  const auto model = models::make_model(name);
  const auto whole = fit(*model, series, INFINITY);
  if (!whole.fitted) {
    fmt::print("{:<16}{}\n", name, describe(whole.fitted.error()));
    return;
  }
  std::mt19937_64 random(2);
  double slowest = 0.0;
  for (std::size_t i = 0; i < requests; ++i) {
    const auto stopped = fit(*model, series, uniform(random) * whole.took_ms);
    slowest = std::max(slowest, stopped.stopped_ms.value_or(0.0));
  }
  fmt::print("{:<16}{:>10.0f}{:>16.1f}{:>16.1f}{:>10.1f}\n", name, whole.took_ms, slowest,
             time_forecast(**whole.fitted), time_update(**whole.fitted, series));
  std::fflush(stdout);
}

std::size_t number(int argc, char** argv, int index, std::size_t fallback) {
  if (argc <= index) return fallback;
  const std::string_view text = argv[index];
  std::from_chars(text.data(), text.data() + text.size(), fallback);
  return fallback;
}

}  // namespace

int main(int argc, char** argv) {
  const auto requests = number(argc, argv, 1, 20);
  const auto asked = number(argc, argv, 2, 0);
  std::vector<std::string_view> names(argv + std::min(argc, 3), argv + argc);
  if (names.empty()) names.assign(models::model_names().begin(), models::model_names().end());
  for (const auto& of : cases) {
    if (asked != 0 && asked != of.observations) continue;
    const auto y = made_up(of.observations);
    const models::Series series{.y = y,
                                .start = std::chrono::sys_days(1990y / 1 / 1),
                                .frequency = {.period = of.period},
                                .season_length = of.season_length,
                                .long_seasons = of.long_seasons};
    fmt::print("{} observations with a season of {}; CPU ms\n", y.size(), of.season_length);
    fmt::print("{:<16}{:>10}{:>16}{:>16}{:>10}\n", "model", "fit", "slowest stop",
               "forecast 10,000", "update");
    for (const auto name : names)
      measure(name, series, requests);
  }
}
