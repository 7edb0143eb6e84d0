#include "api/service/job_intake.hpp"

#include "common/wire/forecast_spec_json.hpp"

namespace trainyard::service {

Result<domain::ForecastSpec> check_config(std::string_view config, const domain::SpecRules& rules) {
  auto spec = wire::parse_forecast_spec(config, rules);
  if (spec) return *std::move(spec);
  auto problems = std::move(spec).error();
  Error first = std::move(problems.front());
  for (std::size_t i = 1; i < problems.size(); ++i)
    first.detail += "; " + describe(problems[i]);
  return std::unexpected(std::move(first));
}

Result<domain::NewJob> prepare_job(const JobIntake& intake, const Caller& caller,
                                   const wire::JobRequest& request, Start start) {
  const bool has_rows = !request.inline_data.empty();
  TRY(const auto spec,
      intake.check_config(has_rows ? wire::with_text(request.config, "data_path", "inline.csv")
                                   : request.config));
  domain::NewJob job{.id = JobId::make(),
                     .user_id = caller.user_id,
                     .config = request.config,
                     .cluster_config = intake.cluster_config ? intake.cluster_config(spec) : "{}",
                     .segment_id = spec.segment_id.value_or(""),
                     .model = spec.models.size() == 1 ? spec.models.front() : std::string(),
                     .correlation_id = caller.correlation_id,
                     .priority = spec.priority,
                     .options = request.options,
                     .submit = start == Start::now};
  if (has_rows) {
    TRY(const auto path, intake.store_rows(request.inline_data));
    job.config = wire::with_text(request.config, "data_path", path);
  }
  return job;
}

}  // namespace trainyard::service
