// Sends adversarial series through every model, and through what `auto` stands for, and prints what
// they broke. The series are those of tests/unit/robustness, as many as are asked for.
//
//   trainyard_adversarial --series 100000 [--from 0] [--models theta,auto] [--refusals]
#include "tests/support/robustness/adversarial_series.hpp"
#include "tests/support/robustness/cpu_limit.hpp"
#include "worker/models/registry.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <regex>
#include <string>
#include <vector>

namespace trainyard::robustness {
namespace {

constexpr std::string_view pipeline = "auto";
constexpr double cpu_max_s = 10.0;

struct Options {
  std::uint64_t series = 1000;
  std::uint64_t from = 0;
  std::vector<std::string> models;
  bool refusals = false;
};

struct Tally {
  std::uint64_t refused = 0;
  std::uint64_t broken = 0;
  double slowest_s = 0.0;
  double total_s = 0.0;
  std::map<std::string, std::uint64_t> refusals;  // numbers left out
};

Result<std::optional<Error>> run(std::string_view model, const AdversarialSeries& series,
                                 const std::stop_token& stop) {
  if (model == pipeline) return try_forecast(series.forecast, stop);
  auto trial = series.model;
  trial.model = model;
  return try_model(trial, stop);
}

void count(Tally& tally, std::string_view model, const AdversarialSeries& series) {
  static const std::regex numbers("-?[0-9.]+(e[-+]?[0-9]+)?");
  const CpuLimit limit(cpu_max_s);
  const double start = cpu_seconds();
  const auto outcome = run(model, series, limit.token());
  const double took = cpu_seconds() - start;
  tally.total_s += took;
  tally.slowest_s = std::max(tally.slowest_s, took);
  if (outcome && took <= cpu_max_s) {
    if (!*outcome) return;
    ++tally.refused;
    ++tally.refusals[std::regex_replace(describe(**outcome), numbers, "#")];
    return;
  }
  ++tally.broken;
  fmt::print("{} on {}: {}\n", model, series.name,
             outcome ? fmt::format("took {:.1f} s", took) : outcome.error().detail);
  std::fflush(stdout);
}

int run_all(const Options& options) {
  std::map<std::string, Tally> tallies;
  for (auto index = options.from; index < options.from + options.series; ++index) {
    const auto series = adversarial_series(index);
    for (const auto& model : options.models)
      count(tallies[model], model, series);
  }
  fmt::print("{:<16}{:>10}{:>10}{:>10}{:>12}{:>12}\n", "model", "series", "refused", "broken",
             "slowest s", "total s");
  std::uint64_t broken = 0;
  for (const auto& model : options.models) {
    const auto& tally = tallies[model];
    fmt::print("{:<16}{:>10}{:>10}{:>10}{:>12.3f}{:>12.1f}\n", model, options.series, tally.refused,
               tally.broken, tally.slowest_s, tally.total_s);
    for (const auto& [refusal, times] : tally.refusals)
      if (options.refusals) fmt::print("  {:>8}  {}\n", times, refusal);
    broken += tally.broken;
  }
  return broken == 0 ? 0 : 1;
}

}  // namespace
}  // namespace trainyard::robustness

int main(int argc, char** argv) {
  using namespace trainyard;
  robustness::Options options;
  for (const auto name : models::model_names())
    options.models.emplace_back(name);
  options.models.emplace_back(robustness::pipeline);
  CLI::App app("Sends adversarial series through every model.");
  app.add_option("--series", options.series, "How many");
  app.add_option("--from", options.from, "Index of the first");
  app.add_option("--models", options.models, "Which, instead of all; auto is one")->delimiter(',');
  app.add_flag("--refusals", options.refusals, "Print what models refused");
  CLI11_PARSE(app, argc, argv);
  return robustness::run_all(options);
}
