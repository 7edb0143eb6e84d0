#include "api/service/create_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace trainyard::service {
namespace {

constexpr std::string_view ensemble = "ensemble";

struct Plan {
  std::string config;  // with the data's path and columns, without segment and model
  domain::ForecastSpec spec;
  std::vector<std::string> segments;  // {""} for a single series
};

std::unexpected<Error> wrong(std::string field, std::string detail, std::string hint,
                             Category category = Category::config) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .hint = std::move(hint),
                    .category = category});
}

// Every model is checked with the config; segments are only names.
Result<domain::ForecastSpec> check(const JobIntake& intake, std::string_view config,
                                   const wire::BatchRequest& request) {
  domain::ForecastSpec last;
  for (const auto& model : request.models) {
    TRY(last, intake.check_config(wire::job_config_of(config, "", model)));
  }
  return last;
}

// What the caller got wrong about the data is a wrong request, whatever the reader calls it.
Result<DataLayout> inspect(const JobIntake& intake, const domain::ForecastSpec& spec) {
  auto layout = intake.inspect(spec);
  if (layout) return layout;
  auto error = std::move(layout).error();
  if (error.code == Errc::not_found || error.code == Errc::corrupt_data) {
    error.code = Errc::invalid_argument;
    if (!error.category) error.category = Category::data;
    if (error.field.empty()) error.field = "data_path";
  }
  return fail(std::move(error));
}

// A drill needs no data, unless its segments are to be found there.
bool needs_layout(const Plan& plan) {
  return plan.spec.drill.empty() || (!plan.spec.segment_col.empty() && plan.segments.empty());
}

Result<void> check_segments(const std::vector<std::string>& asked, const DataLayout& layout) {
  if (asked.empty()) return {};
  if (layout.segment_col.empty()) {
    return wrong("segment_col", "segments are named, but not the column they are found in",
                 "add config.segment_col");
  }
  const std::unordered_set<std::string_view> found(layout.segments.begin(), layout.segments.end());
  for (const auto& name : asked) {
    if (found.contains(name)) continue;
    const std::vector<std::string_view> names(layout.segments.begin(), layout.segments.end());
    const auto near = domain::nearest(name, names);
    return wrong("segments",
                 fmt::format("there is no segment '{}' in column '{}'", name, layout.segment_col),
                 near.empty() ? fmt::format("there are {}, '{}' among them", names.size(),
                                            names.empty() ? "" : names.front())
                              : fmt::format("did you mean '{}'?", near));
  }
  return {};
}

Result<void> fill_in(Plan& plan, const JobIntake& intake) {
  TRY(auto layout, inspect(intake, plan.spec));
  TRY_DO(check_segments(plan.segments, layout));
  const auto set = [&](const char* key, std::string& given, const std::string& found) {
    if (!given.empty() || found.empty()) return;
    given = found;
    plan.config = wire::with_text(plan.config, key, found);
  };
  set("time_col", plan.spec.time_col, layout.time_col);
  set("target_col", plan.spec.target_col, layout.target_col);
  set("segment_col", plan.spec.segment_col, layout.segment_col);
  if (!plan.segments.empty() || layout.segment_col.empty()) return {};
  plan.segments = std::move(layout.segments);
  if (!plan.segments.empty()) return {};
  return wrong("segment_col", fmt::format("column '{}' has no segment", layout.segment_col), "",
               Category::data);
}

Result<Plan> plan(const JobIntake& intake, const wire::BatchRequest& request) {
  Plan made{.config = request.job.config, .spec = {}, .segments = request.segments};
  const bool has_rows = !request.job.inline_data.empty();
  const auto provisional = has_rows ? wire::with_text(request.job.config, "data_path", "inline.csv")
                                    : request.job.config;
  TRY(made.spec, check(intake, provisional, request));
  if (!has_rows && intake.check_path) TRY_DO(intake.check_path(made.spec.data_path));
  if (has_rows) {
    TRY(made.spec.data_path, intake.store_rows(request.job.inline_data));
    made.config = wire::with_text(request.job.config, "data_path", made.spec.data_path);
  }
  if (needs_layout(made)) TRY_DO(fill_in(made, intake));
  if (made.segments.empty()) made.segments.emplace_back();
  return made;
}

// One job per segment and model, in that order. Ensembles get the last ids: by the time they run,
// the fits of their members are there to be reused.
std::vector<domain::NewJob> make_jobs(const Plan& plan, const JobIntake& intake,
                                      const Caller& caller, const ports::NewBatch& batch,
                                      const domain::JobOptions& options,
                                      const std::vector<std::string>& models) {
  const auto cluster = intake.cluster_config ? intake.cluster_config(plan.spec) : std::string("{}");
  const auto of_ensemble =
      intake.ensemble_members
          ? wire::with_ensemble_members(plan.config, intake.ensemble_members(models))
          : plan.config;
  std::vector<domain::NewJob> jobs;
  jobs.reserve(plan.segments.size() * models.size());
  for (const auto& segment : plan.segments) {
    for (const auto& model : models) {
      const auto& config = model == ensemble ? of_ensemble : plan.config;
      jobs.push_back({.batch_id = batch.id,
                      .user_id = batch.user_id,
                      .config = wire::job_config_of(config, segment, model),
                      .cluster_config = cluster,
                      .segment_id = segment,
                      .model = model,
                      .correlation_id = batch.correlation_id,
                      .priority = plan.spec.priority,
                      .options = options,
                      .submit = true});
    }
  }
  for (const bool is_ensemble : {false, true}) {
    for (auto& job : jobs) {
      if ((job.model == ensemble) == is_ensemble) job.id = JobId(caller.new_id());
    }
  }
  return jobs;
}

}  // namespace

Result<CreatedBatch> create_batch(ports::JobStore& store, EntryGate& gate, const JobIntake& intake,
                                  const Caller& caller, const wire::BatchRequest& request,
                                  const BatchOrigin& origin) {
  TRY(const auto made, plan(intake, request));
  const std::size_t total = made.segments.size() * request.models.size();
  if (total > batch_jobs_max) {
    return fail(Error{
        .code = Errc::invalid_argument,
        .detail = fmt::format("{} segments x {} models are {} jobs; the limit is {}",
                              made.segments.size(), request.models.size(), total, batch_jobs_max),
        .field = "segments",
        .hint = "name fewer segments or models"});
  }
  const ports::NewBatch batch{.id = BatchId(caller.new_id()),
                              .user_id = caller.user_id,
                              .config = wire::with_models(made.config, request.models),
                              .correlation_id = caller.correlation_id,
                              .cause = origin.cause,
                              .origin = origin.origin};
  CreatedBatch created{
      .jobs = make_jobs(made, intake, caller, batch, request.job.options, request.models)};
  auto in_line = created.jobs;
  std::ranges::sort(in_line, {}, &domain::NewJob::id);
  for (const auto& refused : gate.decide(in_line)) {
    if (refused) return fail(*refused);
  }
  auto accepted = store.accept_batch(batch, in_line);
  // Repeating with the same ids is safe and tells whether the first try was committed.
  if (!accepted && accepted.error().code == Errc::in_doubt) {
    accepted = store.accept_batch(batch, in_line);
  }
  TRY(created.batch, std::move(accepted));
  created.existed = created.batch.id != batch.id;
  return created;
}

}  // namespace trainyard::service
