#include "worker/training/train_task.hpp"

#include "common/wire/forecast_spec_json.hpp"
#include "common/wire/training_task.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/training/fit_progress.hpp"
#include "worker/training/result_writer.hpp"
#include "worker/training/stored_checkpoints.hpp"
#include "worker/training/time_budget.hpp"
#include "worker/training/training_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::training {
namespace {

using domain::ForecastSpec;
using forecast::PreparedSeries;
using forecast::SegmentPlan;
using nlohmann::json;

constexpr int segments_named_max = 5;
constexpr std::string_view last_resort = "naive";  // takes two values

struct TrainRequest {
  wire::TrainingRequest asked;
  ForecastSpec spec;
  std::vector<std::string> members;  // of the ensemble, when the config names them
  std::optional<forecast::Combination> combination = std::nullopt;  // likewise
};

Error config_error(std::string detail, std::string field, std::string hint = {}) {
  return {.code = Errc::invalid_argument,
          .detail = std::move(detail),
          .field = std::move(field),
          .hint = std::move(hint),
          .category = Category::config};
}

Result<void> take_members(TrainRequest& request, const json& members,
                          std::span<const std::string_view> models) {
  for (const auto& member : members) {
    const auto name = member.is_string() ? member.get<std::string>() : member.dump();
    if (std::ranges::find(models, name) == models.end()) {
      return fail(config_error(fmt::format("model '{}' does not exist", name),
                               "hyperparameters.ensemble.members",
                               fmt::format("there are: {}", fmt::join(models, ", "))));
    }
    request.members.push_back(name);
  }
  return {};
}

Result<void> take_combination(TrainRequest& request, const json& value) {
  const auto& names = forecast::combination_names;
  const auto found = std::ranges::find(names, value.is_string() ? value.get<std::string>() : "");
  if (found == names.end()) {
    return fail(config_error(fmt::format("expected one of {}", fmt::join(names, ", ")),
                             "hyperparameters.ensemble.combination"));
  }
  request.combination = static_cast<forecast::Combination>(found - names.begin());
  return {};
}

// {"ensemble": {…}} is for us; the other models' parameters are theirs.
Result<void> take_ensemble(TrainRequest& request, std::span<const std::string_view> models) {
  const auto found = request.spec.hyperparameters.find(forecast::ensemble_name);
  if (found == request.spec.hyperparameters.end()) return {};
  const auto parameters = json::parse(found->second, nullptr, false);
  for (const auto& [key, value] : parameters.items()) {
    if (key == "members" && value.is_array()) {
      TRY_DO(take_members(request, value, models));
    } else if (key == "combination") {
      TRY_DO(take_combination(request, value));
    } else {
      return fail(config_error(fmt::format("ensemble has no parameter '{}'", key),
                               "hyperparameters.ensemble",
                               "it takes members: [model, …] and combination"));
    }
  }
  return {};
}

Result<TrainRequest> parse_request(std::string_view text, const TrainingOptions& options) {
  TRY(auto asked, wire::parse_training_request(text));
  const auto models = askable_models(options.model_names);
  auto spec = wire::parse_forecast_spec(asked.config, {models, options.drills});
  if (!spec) return fail(spec.error().front());
  TrainRequest request{.asked = std::move(asked), .spec = std::move(*spec)};
  TRY_DO(take_ensemble(request, options.model_names));
  return request;
}

Result<std::vector<const domain::SegmentRows*>> choose_segments(const LoadedTable& loaded,
                                                                const ForecastSpec& spec) {
  std::vector<const domain::SegmentRows*> chosen;
  std::vector<std::string_view> names;
  for (const auto& segment : loaded.table.segments) {
    names.push_back(segment.segment);
    if (!spec.segment_id || segment.segment == *spec.segment_id) chosen.push_back(&segment);
  }
  if (!chosen.empty()) return chosen;
  if (!spec.segment_id) {
    auto error = config_error("the file has a header and no rows", "data_path");
    error.category = Category::data;
    return fail(std::move(error));
  }
  if (loaded.roles.segment.empty()) {
    return fail(config_error("the data has no segment column", "segment_id",
                             "leave segment_id out, or set segment_col"));
  }
  const auto near = domain::nearest(*spec.segment_id, names);
  names.resize(std::min<std::size_t>(names.size(), segments_named_max));
  return fail(config_error(
      fmt::format("there is no segment '{}'", *spec.segment_id), "segment_id",
      !near.empty() ? fmt::format("did you mean '{}'?", near)
                    : fmt::format("there are, among others: {}", fmt::join(names, ", "))));
}

SegmentPlan plan_of(const TrainRequest& request, std::span<const std::string_view> existing) {
  const forecast::AutoScope scope{.covariates = request.spec.covariates.size()};
  SegmentPlan plan{.horizon = request.spec.horizon,
                   .models = forecast::expand_models(request.spec.models, existing, scope),
                   .members = request.members,
                   .combination = request.combination.value_or(forecast::Combination::mean),
                   .metric = request.spec.metric,
                   .backtest = request.spec.backtest,
                   .anomalies = request.spec.anomalies,
                   .covariates = request.spec.covariates};
  const auto& asked = request.spec.models;
  const bool is_auto = std::ranges::find(asked, "auto") != asked.end();
  if (is_auto && std::ranges::find(existing, last_resort) != existing.end())
    plan.last_resort = last_resort;
  if (plan.members.empty() && is_auto) {
    auto members = forecast::auto_members(existing, scope);
    plan.members = std::move(members.usual);
    plan.special_members = std::move(members.special);
    plan.worth = std::move(members.worth);
    plan.combination = request.combination.value_or(forecast::Combination::inverse_squared_error);
  }
  if (plan.members.empty()) plan.members = forecast::choose_members(plan.models, existing);
  return plan;
}

bool learns_from_all(const SegmentPlan& plan, const forecast::ModelSource& models) {
  const auto is_global = [&](const std::string& name) {
    const auto model = models(name);
    return model && models::as_global(*model) != nullptr;
  };
  return std::ranges::any_of(plan.models, is_global) ||
         std::ranges::any_of(plan.members, is_global);
}

forecast::SegmentEvents events_for(FitProgress& progress, TrainingLog& log) {
  return {.fitting =
              [&](std::string_view model, int window, int windows) {
                progress.tell(model, window, windows);
                log.fitting(model, window);
              },
          .fitted = [&](std::string_view model, int window) { log.fitted(model, window); },
          .model_done =
              [&](const forecast::ModelOutcome& model) {
                progress.add(model);
                log.model_done(model);
              }};
}

// Returns the metrics.
Result<json> forecast_all(const std::vector<const domain::SegmentRows*>& segments,
                          const TrainRequest& request, const SegmentPlan& plan,
                          forecast::Fitter& fitter, runtime::TaskContext& context, TrainingLog& log,
                          ResultWriter& writer) {
  std::vector<Result<PreparedSeries>> prepared;
  int total = 0;
  for (const auto* segment : segments) {
    auto& series = prepared.emplace_back(forecast::prepare(*segment, request.spec.frequency));
    if (series) total += forecast::fits_of(plan, series->y.size(), series->season_length);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "training was stopped");
  }
  FitProgress progress(context, plan, total, segments.size());
  const auto events = events_for(progress, log);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    auto& series = prepared[i];
    if (!series) {
      log.problem(segments[i]->segment, series.error());
      writer.add_problem(segments[i]->segment, std::move(series.error()));
      continue;
    }
    progress.begin_segment(series->segment,
                           forecast::fits_of(plan, series->y.size(), series->season_length));
    log.begin_segment(*series, i + 1, segments.size());
    const TimeBudget budget(context.stop, request.spec.time_budget);
    fitter.limit(budget.token());
    TRY(const auto outcome, forecast::forecast_segment(*series, plan, fitter, events));
    progress.end_segment();
    log.end_segment(outcome);
    if (segments.size() == 1) progress.mark(outcome.best_model);
    TRY_DO(writer.add(outcome, *series));
    *series = PreparedSeries{};  // many segments: keep no more than is still needed
  }
  return progress.metrics();
}

FitSharing sharing_of(const wire::TrainingRequest& asked, const TrainingOptions& options) {
  if (asked.batch_id) return {.folder = wire::fits_folder(*asked.batch_id)};
  return {.folder = wire::fits_folder(asked.job_id),
          .from = std::chrono::steady_clock::now() + options.fits_kept_after,
          .finds_any = asked.fence > 1,
          .share_max = 0.1};
}

forecast::CheckpointSource checkpoints_for(const wire::TrainingRequest& asked,
                                           const FitSharing& sharing,
                                           const TrainingOptions& options, const TrainingLog& log) {
  return [checkpoints =
              StoredCheckpoints({.artifacts = options.artifacts,
                                 .folder = sharing.folder,
                                 .interval = options.checkpoint_interval,
                                 .finds_any = asked.fence > 1,
                                 .tell = [&log](std::string_view fit, std::string_view what) {
                                   log.say(LineLevel::info, fmt::format("{} {}", fit, what));
                                 }})](const std::string& key, std::string fit) {
    return checkpoints.open(key, std::move(fit));
  };
}

// What only another attempt of this job would have needed. That of one that fails goes when it is
// known that there will be none (FitSweeper).
void drop_own_fits(const wire::TrainingRequest& asked, const FitSharing& sharing,
                   const TrainingOptions& options) {
  if (!options.artifacts || asked.batch_id) return;
  if (sharing.finds_any || std::chrono::steady_clock::now() >= sharing.from)
    (void)options.artifacts->remove_all(sharing.folder);
}

Result<std::string> train_and_tell(TaskState& state, std::string_view text,
                                   runtime::TaskContext& context, TrainingLog& log) {
  const auto& options = state.options;
  TRY(const auto request, parse_request(text, options));
  const auto& spec = request.spec;
  TRY(const auto path, bring(state, spec.data_path, context));
  const LoadRequest load{.path = path,
                         .roles = {spec.time_col, spec.target_col, spec.segment_col},
                         .covariates = spec.covariates,
                         .segment = spec.segment_id};
  TRY(const auto loaded, state.tables.load(load, context.stop));
  log.read(spec.data_path, *loaded);
  TRY(const auto segments, choose_segments(*loaded, spec));
  const auto plan = plan_of(request, options.model_names);
  const auto sharing = sharing_of(request.asked, options);
  state.fits.share(sharing);
  state.panels.share(sharing);
  std::shared_ptr<forecast::Panel> panel;
  if (learns_from_all(plan, options.models)) {
    TRY(panel, state.panels.load(load, *loaded, spec, context.stop));
  }
  forecast::Fitter fitter(options.models,
                          {.levels = spec.levels,
                           .seed = spec.seed,
                           .threads = request.asked.threads,
                           .hyperparameters = spec.hyperparameters},
                          state.fits, context.stop, panel.get());
  if (options.artifacts)
    fitter.keep_checkpoints(checkpoints_for(request.asked, sharing, options, log));
  ResultWriter writer(
      {.artifacts = options.artifacts.get(),
       .folder = wire::job_folder(request.asked.job_id, request.asked.fence),
       .segments = segments.size(),
       .saving = {
           .combination = plan.combination, .covariates = spec.covariates, .levels = spec.levels}});
  TRY(auto metrics, forecast_all(segments, request, plan, fitter, context, log, writer));
  if (auto problem = writer.problem()) return fail(*std::move(problem));
  TRY(auto written, std::move(writer).finish());
  drop_own_fits(request.asked, sharing, options);
  return json{{"results", std::move(written.results)},
              {"metrics", std::move(metrics)},
              {"artifact_uri", written.uri}}
      .dump();
}

}  // namespace

Result<std::string> train(TaskState& state, std::string_view text, runtime::TaskContext& context) {
  TrainingLog log(context);
  auto answer = train_and_tell(state, text, context, log);
  if (!answer && answer.error().code == Errc::cancelled) {
    log.say(LineLevel::info, "stopped on request");
  } else if (!answer) {
    log.problem("", answer.error());
  }
  return answer;
}

}  // namespace trainyard::training
