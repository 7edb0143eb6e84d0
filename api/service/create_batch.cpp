#include "api/service/create_batch.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

struct Plan {
  std::string config;  // with the data's path, without segment and model
  domain::ForecastSpec spec;
  std::vector<std::string> segments;  // {""} for a single series
};

// Every model is checked with the config; segments are only names.
Result<domain::ForecastSpec> check(const JobIntake& intake, std::string_view config,
                                   const wire::BatchRequest& request) {
  domain::ForecastSpec last;
  for (const auto& model : request.models) {
    TRY(last, intake.check_config(wire::job_config_of(config, "", model)));
  }
  if (!request.segments.empty() && last.segment_col.empty()) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "segments are named, but not the column they are found in",
                      .field = "segment_col",
                      .hint = "add config.segment_col"});
  }
  return last;
}

Result<Plan> plan(const JobIntake& intake, const wire::BatchRequest& request) {
  Plan made{.config = request.job.config, .spec = {}, .segments = request.segments};
  const bool has_rows = !request.job.inline_data.empty();
  const auto provisional =
      has_rows ? wire::with_data_path(request.job.config, "inline.csv") : request.job.config;
  TRY(made.spec, check(intake, provisional, request));
  if (has_rows) {
    TRY(made.spec.data_path, intake.store_rows(request.job.inline_data));
    made.config = wire::with_data_path(request.job.config, made.spec.data_path);
  }
  if (made.segments.empty() && !made.spec.segment_col.empty()) {
    TRY(made.segments, intake.list_segments(made.spec));
    if (made.segments.empty()) {
      return fail(Error{.code = Errc::invalid_argument,
                        .detail = fmt::format("column '{}' has no segment", made.spec.segment_col),
                        .field = "segment_col",
                        .category = Category::data});
    }
  }
  if (made.segments.empty()) made.segments.emplace_back();
  return made;
}

}  // namespace

Result<CreatedBatch> create_batch(ports::JobStore& store, const JobIntake& intake,
                                  const Caller& caller, const wire::BatchRequest& request) {
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
  const ports::NewBatch batch{.id = BatchId::make(),
                              .user_id = caller.user_id,
                              .config = made.config,
                              .correlation_id = caller.correlation_id};
  const auto cluster = intake.cluster_config ? intake.cluster_config(made.spec) : std::string("{}");
  CreatedBatch created;
  created.jobs.reserve(total);
  for (const auto& segment : made.segments) {
    for (const auto& model : request.models) {
      created.jobs.push_back({.id = JobId::make(),
                              .batch_id = batch.id,
                              .user_id = caller.user_id,
                              .config = wire::job_config_of(made.config, segment, model),
                              .cluster_config = cluster,
                              .segment_id = segment,
                              .model = model,
                              .correlation_id = caller.correlation_id,
                              .priority = made.spec.priority,
                              .submit = true});
    }
  }
  auto accepted = store.accept_batch(batch, created.jobs);
  // Repeating with the same ids is safe and tells whether the first try was committed.
  if (!accepted && accepted.error().code == Errc::in_doubt) {
    accepted = store.accept_batch(batch, created.jobs);
  }
  TRY(created.batch, std::move(accepted));
  return created;
}

}  // namespace trainyard::service
