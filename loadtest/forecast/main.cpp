#include "loadtest/forecast/series_file.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/models/global_model.hpp"
#include "worker/models/registry.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <map>
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

models::Series first_values(const MeasuredSeries& series, std::size_t length) {
  return {.y = std::span(series.y).first(length),
          .start = series.start,
          .frequency = series.frequency,
          .season_length = series.season_length,
          .long_seasons = series.long_seasons};
}

Run run_model(const models::Model& model, const MeasuredSeries& series, std::size_t length,
              std::string_view hyperparameters) {
  const double start = cpu_ms();
  const auto fitted = model.fit(first_values(series, length), {.hyperparameters = hyperparameters});
  const double middle = cpu_ms();
  if (!fitted) return {fail(fitted.error()), middle - start};
  auto forecast = (*fitted)->forecast({.horizon = series.horizon, .levels = levels});
  return {std::move(forecast), middle - start, cpu_ms() - middle};
}

// Observations of a series at an origin; none when it is too short for that.
std::size_t length_at(const MeasuredSeries& series, int origin, const Options& options) {
  const auto step = static_cast<std::size_t>(options.step > 0 ? options.step : series.horizon);
  const auto behind = static_cast<std::size_t>(origin) * step;
  return series.y.size() < behind + options.length_min ? 0 : series.y.size() - behind;
}

// What a global model learned, by frequency and origin.
class Learning {
 public:
  Learning(const models::GlobalModel& model, const std::vector<MeasuredSeries>& all,
           const Options& options)
      : model_(model), all_(all), options_(options) {}

  Run run(const MeasuredSeries& series, int origin) {
    auto found = learned_.find({series.frequency_name, origin});
    if (found == learned_.end())
      found =
          learned_.emplace(std::pair(series.frequency_name, origin), learn(series, origin)).first;
    const auto& [learned, share_ms] = found->second;
    if (!learned) return {fail(learned.error())};
    const double start = cpu_ms();
    const auto fitted = (*learned)->on(first_values(series, length_at(series, origin, options_)));
    const double middle = cpu_ms();
    if (!fitted) return {fail(fitted.error())};
    auto forecast = (*fitted)->forecast({.horizon = series.horizon, .levels = levels});
    return {std::move(forecast), share_ms + middle - start, cpu_ms() - middle};
  }

 private:
  struct Learned {
    Result<std::unique_ptr<models::FittedGlobal>> model;
    double share_ms;
  };

  Learned learn(const MeasuredSeries& like, int origin) const {
    std::vector<models::Series> known;
    for (const auto& series : all_) {
      const auto length = length_at(series, origin, options_);
      if (series.frequency_name == like.frequency_name && length > 0)
        known.push_back(first_values(series, length));
    }
    const double start = cpu_ms();
    auto learned =
        model_.fit_all(known, like.horizon, {.hyperparameters = options_.hyperparameters});
    return {std::move(learned), (cpu_ms() - start) / static_cast<double>(known.size())};
  }

  const models::GlobalModel& model_;
  const std::vector<MeasuredSeries>& all_;
  const Options& options_;
  std::map<std::pair<std::string, int>, Learned> learned_;
};

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
          .special_members = std::move(members.special),
          .combination = forecast::Combination::inverse_squared_error,
          .worth = std::move(members.worth),
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
  std::optional<Learning> learning;
  if (const auto* global = model ? models::as_global(*model) : nullptr)
    learning.emplace(*global, all, options);
  const auto run_one = [&](const MeasuredSeries& series, int origin) {
    const auto length = length_at(series, origin, options);
    if (learning) return learning->run(series, origin);
    return model ? run_model(*model, series, length, options.hyperparameters)
                 : run_plan(*plan, series, length);
  };
  std::set<std::string> warm;
  for (const auto& series : all) {
    for (int origin = options.first_origin; origin < options.first_origin + options.origins;
         ++origin) {
      if (length_at(series, origin, options) == 0) break;
      if (warm.insert(series.frequency_name).second) run_one(series, origin);
      const auto done = run_one(series, origin);
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
