// Reads text as a saved model, and what has the members "model" and "hyperparameters" as settings,
// and holds what comes of it to what model.hpp promises. `--seeds DIRECTORY` writes texts to begin
// with: a saved fit of every model, and settings of all kinds.
#include "tests/fuzz/json_mutator.hpp"
#include "tests/fuzz/made_up_settings.hpp"
#include "tests/support/robustness/adversarial_series.hpp"
#include "tests/support/robustness/cpu_limit.hpp"
#include "worker/models/registry.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <fstream>

namespace trainyard::fuzz {
namespace {

using nlohmann::json;
using robustness::ModelTrial;
using namespace std::chrono_literals;

constexpr double cpu_max_s = 5.0;  // of a sanitized build
constexpr int horizon = 5;
constexpr std::size_t covariates_max = 3;

ModelTrial trial_of(std::size_t observations, std::size_t covariates) {
  ModelTrial trial{.later = {14.0, 15.0},
                   .start = std::chrono::sys_days(2001y / 1 / 1),
                   .season_length = 4,
                   .horizon = horizon,
                   .levels = {80.0, 95.0}};
  for (std::size_t t = 0; t < observations; ++t)
    trial.y.push_back(10.0 + 0.1 * static_cast<double>(t) + static_cast<double>(t * 7 % 4));
  for (std::size_t i = 0; i < covariates; ++i)
    for (auto& covariate = trial.covariates.emplace_back();
         covariate.size() < observations + trial.later.size() + horizon;)
      covariate.push_back(static_cast<double>(covariate.size() % (i + 2)));
  return trial;
}

Result<void> try_settings(const std::string& model, const json& settings) {
  if (!models::make_model(model)) return {};
  auto trial = trial_of(30, 1);
  trial.model = model;
  trial.hyperparameters = settings.dump();
  const robustness::CpuLimit limit(cpu_max_s);
  TRY_DO(try_model(trial, limit.token()));
  return {};
}

// A state that no fit leads to may lose its way in later values, but never in silence.
Result<void> try_loaded(const models::FittedModel& loaded, const ModelTrial& trial) {
  models::ForecastRequest request{.horizon = horizon, .levels = trial.levels};
  models::Series next{.y = trial.later, .start = trial.start, .frequency = trial.frequency};
  for (const auto& covariate : trial.covariates) {
    request.covariates.push_back(std::span(covariate).first(horizon));
    next.covariates.push_back(std::span(covariate).first(trial.later.size()));
  }
  TRY(const auto forecast, loaded.forecast(request));
  TRY_DO(robustness::check_forecast(forecast, horizon, trial.levels));
  TRY(const auto text, loaded.save());
  TRY_DO(models::load_model(text));
  const auto updated = loaded.update(next);
  if (!updated) return robustness::check_refusal(updated.error());
  TRY(const auto later, (*updated)->forecast(request));
  TRY_DO(robustness::check_forecast(later, horizon, trial.levels));
  TRY(const auto updated_text, (*updated)->save());
  const auto again = models::load_model(updated_text);
  if (!again && again.error().code != Errc::invalid_argument) return fail(again.error());
  return {};
}

// A loaded fit says how many covariates it wants by refusing all other numbers.
Result<void> try_saved(std::string_view text) {
  const auto loaded = models::load_model(text);
  if (!loaded) {
    if (loaded.error().code == Errc::invalid_argument && !loaded.error().detail.empty()) return {};
    return fail(Errc::internal, describe(loaded.error()));
  }
  for (std::size_t covariates = 0; covariates <= covariates_max; ++covariates) {
    auto trial = trial_of(0, covariates);
    trial.start = std::chrono::sys_days(2003y / 1 / 1);  // where the seeds' fits end
    models::ForecastRequest request{.horizon = horizon};
    for (const auto& covariate : trial.covariates)
      request.covariates.push_back(std::span(covariate).first(horizon));
    const auto tried = (*loaded)->forecast(request);
    if (!tried && tried.error().field == "covariates") continue;
    return try_loaded(**loaded, trial);
  }
  return {};
}

Result<void> try_text(std::string_view text) {
  const auto document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const bool is_settings = document.is_object() && document.contains("hyperparameters") &&
                           document.contains("model") && document["model"].is_string();
  if (is_settings)
    return try_settings(document["model"].get<std::string>(), document["hyperparameters"]);
  return try_saved(text);
}

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

void write_fit(const std::string& path, std::string_view model, const std::string& settings,
               std::size_t covariates) {
  const auto trial = trial_of(24, covariates);
  models::Series series{.y = trial.y,
                        .start = trial.start,
                        .frequency = trial.frequency,
                        .season_length = trial.season_length};
  for (const auto& covariate : trial.covariates)
    series.covariates.push_back(std::span(covariate).first(trial.y.size()));
  const auto fitted = models::make_model(model)->fit(series, {.hyperparameters = settings});
  if (!fitted) return;
  if (const auto text = (*fitted)->save()) write(path, *text);
}

// A fit of each model, two of one that has settings, and settings of all kinds.
void write_seeds(const std::string& directory) {
  for (const auto name : models::model_names()) {
    for (std::uint8_t kind = 0; kind < 4; ++kind) {
      const std::array<std::uint8_t, 8> bytes{1, kind, 1, static_cast<std::uint8_t>(kind * 7),
                                              1, 0,    1, kind};
      ByteSource source(bytes);
      const auto settings = made_up_settings(name, source);
      const auto path = fmt::format("{}/{}_{}", directory, name, kind);
      if (!settings.empty())
        write(path + "_settings",
              fmt::format(R"({{"model":"{}","hyperparameters":{}}})", name, settings));
      if (kind == 0 || (kind == 1 && !settings.empty()))
        write_fit(path + "_saved", name, settings, kind);
    }
  }
}

}  // namespace
}  // namespace trainyard::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 3 && std::string_view((*argv)[1]) == "--seeds") {
    trainyard::fuzz::write_seeds((*argv)[2]);
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto kept = trainyard::fuzz::try_text(text);
  if (kept) return 0;
  fmt::print(stderr, "{}\n", kept.error().detail);
  std::abort();
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  if (seed % 16 != 0)
    if (const auto length = trainyard::fuzz::mutate_json({data, size_max}, size, seed))
      return *length;
  return LLVMFuzzerMutate(data, size, size_max);
}
