#include "loadtest/forecast/series_file.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/models/registry.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <set>

// Fits one model or combination on every series, on one thread, and writes what it forecast and
// what it cost. Origin 0 is the end of a series; origin k leaves the last k * step observations
// out, so that whoever tunes a method can do so without the test part.

namespace trainyard::loadtest {
namespace {

using forecast::SegmentPlan;
using models::Forecast;

struct Options {
  std::string meta;
  std::string values;
  std::string model;
  std::string hyperparameters;
  std::string forecasts;
  std::string costs;
  int first_origin = 0;
  int origins = 1;
  int step = 0;  // 0: the horizon
  std::size_t length_min = 2;
};

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Run {
  Result<Forecast> forecast;
  double fit_ms = 0.0;
  double forecast_ms = 0.0;
};

constexpr std::array levels{95.0};

Run run_model(const models::Model& model, const MeasuredSeries& series, std::size_t length,
              std::string_view hyperparameters) {
  const models::Series past{.y = std::span(series.y).first(length),
                            .start = series.start,
                            .frequency = series.frequency,
                            .season_length = series.season_length,
                            .long_seasons = series.long_seasons};
  const double start = cpu_ms();
  const auto fitted = model.fit(past, {.hyperparameters = hyperparameters});
  const double middle = cpu_ms();
  if (!fitted) return {fail(fitted.error()), middle - start};
  auto forecast = (*fitted)->forecast({.horizon = series.horizon, .levels = levels});
  return {std::move(forecast), middle - start, cpu_ms() - middle};
}

class NoCache final : public forecast::FitCache {
 public:
  std::optional<forecast::FitOutcome> find(std::string_view) override { return std::nullopt; }
  void store(std::string_view, const forecast::FitOutcome&) override {}
};

// What a job of models ["auto"] does.
SegmentPlan auto_plan() {
  const auto existing = models::model_names();
  const std::vector<std::string> asked{"auto"};
  auto members = forecast::auto_members(existing);
  return {.models = forecast::expand_models(asked, existing),
          .members = std::move(members.usual),
          .steady_members = std::move(members.steady),
          .combination = forecast::Combination::inverse_squared_error,
          .metric = "smape"};
}

// Petropoulos & Svetunkov, A simple combination of univariate models (2020).
SegmentPlan scum_plan() {
  return {.models = {forecast::ensemble_name},
          .members = {"arima", "ets", "ces", "theta"},
          .combination = forecast::Combination::median,
          .backtest = {.windows = 0}};
}

std::optional<SegmentPlan> plan_of(std::string_view model) {
  if (model == "auto") return auto_plan();
  if (model == "scum") return scum_plan();
  return std::nullopt;
}

// The forecast of the plan's best model.
Run run_plan(SegmentPlan plan, const MeasuredSeries& series, std::size_t length) {
  const forecast::PreparedSeries prepared{
      .y = {series.y.begin(), series.y.begin() + static_cast<std::ptrdiff_t>(length)},
      .start = series.start,
      .frequency = series.frequency,
      .season_length = series.season_length,
      .anchor = series.start,
      .step = series.frequency};
  plan.horizon = series.horizon;
  NoCache cache;
  forecast::Fitter fitter(models::make_model, {.levels = {levels.begin(), levels.end()}}, cache,
                          {});
  const double start = cpu_ms();
  auto outcome = forecast::forecast_segment(prepared, plan, fitter, {});
  const double fit_ms = cpu_ms() - start;
  if (!outcome) return {fail(outcome.error()), fit_ms};
  if (outcome->problem) return {fail(*outcome->problem), fit_ms};
  const auto best =
      std::ranges::find(outcome->models, outcome->best_model, &forecast::ModelOutcome::model);
  return {std::move(best->forecast), fit_ms};
}

void write_forecast(std::ostream& out, const MeasuredSeries& series, int origin,
                    const Forecast& forecast) {
  const auto& band = forecast.intervals.front();
  for (std::size_t i = 0; i < forecast.mean.size(); ++i)
    fmt::print(out, "{},{},{},{:.10g},{:.10g},{:.10g}\n", series.id, origin, i + 1,
               forecast.mean[i], band.lower[i], band.upper[i]);
}

Result<void> run(const Options& options) {
  const auto model = models::make_model(options.model);
  const auto plan = plan_of(options.model);
  if (!model && !plan)
    return fail(Errc::invalid_argument,
                fmt::format("model '{}' does not exist; there are: auto, scum, {}", options.model,
                            fmt::join(models::model_names(), ", ")));
  TRY(const auto all, read_series(options.meta, options.values));
  std::ofstream forecasts(options.forecasts);
  std::ofstream costs(options.costs);
  fmt::print(forecasts, "unique_id,origin,step,mean,lower,upper\n");
  fmt::print(costs, "unique_id,origin,fit_ms,forecast_ms\n");
  const auto run_one = [&](const MeasuredSeries& series, std::size_t length) {
    return model ? run_model(*model, series, length, options.hyperparameters)
                 : run_plan(*plan, series, length);
  };
  std::set<std::string> warm;
  for (const auto& series : all) {
    const auto step = static_cast<std::size_t>(options.step > 0 ? options.step : series.horizon);
    for (int origin = options.first_origin; origin < options.first_origin + options.origins;
         ++origin) {
      const auto behind = static_cast<std::size_t>(origin) * step;
      if (series.y.size() < behind + options.length_min) break;
      const auto length = series.y.size() - behind;
      if (warm.insert(series.frequency_name).second) run_one(series, length);
      const auto done = run_one(series, length);
      if (!done.forecast) {
        fmt::print(stderr, "{} at origin {}: {}\n", series.id, origin,
                   describe(done.forecast.error()));
        continue;
      }
      write_forecast(forecasts, series, origin, *done.forecast);
      fmt::print(costs, "{},{},{:.4f},{:.4f}\n", series.id, origin, done.fit_ms, done.forecast_ms);
    }
  }
  return {};
}

}  // namespace
}  // namespace trainyard::loadtest

int main(int argc, char** argv) {
  using namespace trainyard;
  loadtest::Options options;
  CLI::App app("Fits one model on every series and writes forecasts and CPU times.");
  app.add_option("--meta", options.meta)->required();
  app.add_option("--values", options.values)->required();
  app.add_option("--model", options.model)->required();
  app.add_option("--hyperparameters", options.hyperparameters);
  app.add_option("--forecasts", options.forecasts)->required();
  app.add_option("--costs", options.costs)->required();
  app.add_option("--first-origin", options.first_origin)->check(CLI::NonNegativeNumber);
  app.add_option("--origins", options.origins)->check(CLI::PositiveNumber);
  app.add_option("--step", options.step)->check(CLI::NonNegativeNumber);
  app.add_option("--length-min", options.length_min)->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  if (const auto done = loadtest::run(options); !done) {
    fmt::print(stderr, "{}\n", describe(done.error()));
    return 1;
  }
}
