#include "worker/forecast/fit.hpp"

#include "worker/forecast/band_factors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <exception>

namespace trainyard::forecast {
namespace {

// Part of every key: raise it when the meaning of a cached fit changes.
constexpr std::uint64_t key_version = 2;

// Two 64-bit FNV-1a style sums, multiplied by different primes: collisions would mix up forecasts.
class Fingerprint {
 public:
  void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 32) {
      const auto half = (value >> shift) & 0xffff'ffffU;
      first_ = (first_ ^ half) * 0x100000001b3ULL;
      second_ = std::rotl(second_ ^ half, 27) * 0x9e3779b97f4a7c15ULL;
    }
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(std::span<const double> values) {
    add(static_cast<std::uint64_t>(values.size()));
    for (const double value : values)
      add(value);
  }
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (const char c : text)
      add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }
  std::string text() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  std::uint64_t first_ = 0xcbf29ce484222325ULL;
  std::uint64_t second_ = 0x2545f4914f6cdd1dULL;
};

std::string_view parameters_of(const FitSettings& settings, std::string_view model) {
  const auto found = settings.hyperparameters.find(std::string(model));
  return found == settings.hyperparameters.end() ? std::string_view{} : found->second;
}

std::string key_of(const PreparedSeries& series, std::string_view model, std::size_t train,
                   int steps, const FitSettings& settings) {
  Fingerprint print;
  print.add(key_version);
  print.add(std::span(series.y).first(train));
  print.add(static_cast<std::uint64_t>(series.start.time_since_epoch().count()));
  print.add(static_cast<std::uint64_t>(series.frequency.period));
  print.add(static_cast<std::uint64_t>(series.frequency.count));
  for (const auto& covariate : series.covariates) {
    const auto used = std::min(covariate.size(), train + static_cast<std::size_t>(steps));
    print.add(std::span(covariate).first(used));
  }
  print.add(model);
  print.add(static_cast<std::uint64_t>(steps));
  print.add(std::span(settings.levels));
  print.add(settings.seed);
  print.add(parameters_of(settings, model));
  return print.text();
}

// A day's pattern depends on the day of the week.
std::vector<int> long_seasons_of(const PreparedSeries& series) {
  const auto period = series.frequency.period;
  if (period != domain::Period::hour && period != domain::Period::minute) return {};
  return {7 * series.season_length};
}

bool is_sound(const models::Forecast& forecast, std::size_t steps, std::size_t levels) {
  if (forecast.mean.size() != steps || forecast.intervals.size() != levels) return false;
  for (const auto& interval : forecast.intervals) {
    if (interval.lower.size() != steps || interval.upper.size() != steps) return false;
    for (std::size_t i = 0; i < steps; ++i) {
      if (!std::isfinite(interval.lower[i]) || !std::isfinite(interval.upper[i])) return false;
      if (interval.lower[i] > forecast.mean[i] || interval.upper[i] < forecast.mean[i])
        return false;
    }
  }
  return std::ranges::all_of(forecast.mean, [](double value) { return std::isfinite(value); });
}

void drop_front(std::vector<double>& values, std::size_t count) {
  values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
}

void drop_gap(models::Forecast& forecast, std::size_t gap) {
  if (gap == 0) return;
  drop_front(forecast.mean, gap);
  for (auto& interval : forecast.intervals) {
    drop_front(interval.lower, gap);
    drop_front(interval.upper, gap);
  }
}

}  // namespace

Result<FitOutcome> Fitter::fit(const PreparedSeries& series, std::string_view model,
                               std::size_t train, int gap, int horizon) {
  if (is_stopped()) return fail(Errc::cancelled, "training was stopped");
  const int steps = gap + horizon;
  const auto key = key_of(series, model, train, steps, settings_);
  auto outcome = cache_.find(key);
  if (!outcome) {
    try {
      TRY(outcome, fit_anew(series, model, train, steps));
    } catch (const std::exception& error) {
      return fail(Errc::internal, fmt::format("{} failed unexpectedly: {}", model, error.what()));
    }
    cache_.store(key, *outcome);
  }
  drop_gap(outcome->forecast, static_cast<std::size_t>(gap));
  return std::move(*outcome);
}

Result<FitOutcome> Fitter::fit_anew(const PreparedSeries& series, std::string_view name,
                                    std::size_t train, int steps) {
  const auto model = models_(name);
  if (!model) return fail(Errc::invalid_argument, fmt::format("model '{}' does not exist", name));
  const auto count = static_cast<std::size_t>(steps);
  models::Series past{.y = std::span(series.y).first(train),
                      .start = series.start,
                      .frequency = series.frequency,
                      .season_length = series.season_length,
                      .long_seasons = long_seasons_of(series)};
  models::ForecastRequest request{.horizon = steps, .levels = settings_.levels};
  for (const auto& covariate : series.covariates) {
    const std::span values(covariate);
    past.covariates.push_back(values.first(train));
    if (values.size() >= train + count) request.covariates.push_back(values.subspan(train, count));
  }
  const models::FitContext context{.seed = settings_.seed,
                                   .stop = stop_,
                                   .threads = settings_.threads,
                                   .hyperparameters = parameters_of(settings_, name)};
  TRY(const auto fitted, model->fit(past, context));
  TRY(auto forecast, fitted->forecast(request));
  widen(forecast, band_factor(name, series.frequency, train), 1);
  if (!is_sound(forecast, count, settings_.levels.size())) {
    return fail(Errc::internal, fmt::format("{} made a forecast that is not finite", name));
  }
  return FitOutcome{std::move(forecast), fitted->description()};
}

}  // namespace trainyard::forecast
