#include "api/http/automation_handlers.hpp"
#include "api/http/handlers.hpp"
#include "api/http/legacy_handlers.hpp"

#include <algorithm>
#include <array>

namespace trainyard::http {
namespace {

constexpr std::array live{
    Route{Verb::get, "/api/v2/stream", get_stream},
    Route{Verb::get, "/health", get_health, Body::none, Access::anyone},
};

constexpr std::array work{
    Route{Verb::post, "/api/v2/jobs", post_job, Body::json},
    Route{Verb::get, "/api/v2/jobs", get_jobs},
    Route{Verb::get, "/api/jobs", get_jobs},
    Route{Verb::post, "/api/train", post_train, Body::json},
    Route{Verb::post, "/api/train-serverless", post_train_serverless, Body::json},
    Route{Verb::post, "/api/train-batch-serverless", post_train_batch_serverless, Body::json},
    Route{Verb::get, "/api/job-status/{run_id}", get_job_status},
    Route{Verb::get, "/api/batch-status", get_batch_status},
    Route{Verb::post, "/api/v2/jobs/bulk", post_jobs_bulk, Body::json},
    Route{Verb::post, "/api/v2/jobs/redrive", post_jobs_redrive, Body::json},
    Route{Verb::post, "/api/v2/jobs/cancel", post_jobs_cancel, Body::json},
    Route{Verb::post, "/api/v2/jobs/delete", post_jobs_delete, Body::json},
    Route{Verb::get, "/api/v2/jobs/{id}", get_job},
    Route{Verb::delete_, "/api/v2/jobs/{id}", delete_job},
    Route{Verb::post, "/api/v2/jobs/{id}/submit", post_submit},
    Route{Verb::post, "/api/v2/jobs/{id}/cancel", post_cancel},
    Route{Verb::post, "/api/v2/jobs/{id}/redrive", post_redrive, Body::json},
    Route{Verb::get, "/api/v2/jobs/{id}/results", get_results},
    Route{Verb::get, "/api/v2/jobs/{id}/history", get_history},
    Route{Verb::get, "/api/v2/jobs/{id}/logs", get_logs},
    Route{Verb::get, "/api/v2/jobs/{id}/explain", get_explain},
    Route{Verb::get, "/api/v2/limits", get_limits, Body::none, Access::admin},
    Route{Verb::put, "/api/v2/limits/{scope}/{name}", put_limit, Body::json, Access::admin},
    Route{Verb::delete_, "/api/v2/limits/{scope}/{name}", delete_limit, Body::none, Access::admin},
    Route{Verb::post, "/api/v2/limits/{scope}/{name}/pause", post_limit_pause, Body::json,
          Access::admin},
    Route{Verb::post, "/api/v2/limits/{scope}/{name}/resume", post_limit_resume, Body::none,
          Access::admin},
    Route{Verb::get, "/api/v2/workers", get_workers},
    Route{Verb::post, "/api/v2/batches", post_batch, Body::json},
    Route{Verb::get, "/api/v2/batches", get_batches},
    Route{Verb::get, "/api/v2/batches/{id}", get_batch},
    Route{Verb::post, "/api/v2/batches/{id}/cancel", post_batch_cancel},
    Route{Verb::post, "/api/v2/batches/{id}/retry-failed", post_batch_retry},
    Route{Verb::get, "/api/v2/batches/{id}/results", get_batch_results},
    Route{Verb::post, "/api/v2/pipelines", post_pipeline, Body::json},
    Route{Verb::get, "/api/v2/pipelines", get_pipelines},
    Route{Verb::get, "/api/v2/pipelines/{id}", get_pipeline},
    Route{Verb::post, "/api/v2/pipelines/{id}/cancel", post_pipeline_cancel},
    Route{Verb::post, "/api/v2/pipelines/{id}/retry", post_pipeline_retry},
};

constexpr std::array around{
    Route{Verb::post, "/api/v2/events", post_events, Body::json},
    Route{Verb::get, "/api/v2/templates", get_templates},
    Route{Verb::get, "/api/v2/templates/{name}", get_template},
    Route{Verb::put, "/api/v2/templates/{name}", put_template, Body::json},
    Route{Verb::delete_, "/api/v2/templates/{name}", delete_template},
    Route{Verb::get, "/api/v2/schedules", get_schedules},
    Route{Verb::get, "/api/v2/schedules/{name}", get_schedule},
    Route{Verb::put, "/api/v2/schedules/{name}", put_schedule, Body::json},
    Route{Verb::delete_, "/api/v2/schedules/{name}", delete_schedule},
    Route{Verb::post, "/api/v2/schedules/{name}/run", post_schedule_run},
    Route{Verb::post, "/api/v2/schedules/{name}/pause", post_schedule_pause},
    Route{Verb::post, "/api/v2/schedules/{name}/resume", post_schedule_resume},
    Route{Verb::get, "/api/v2/schedules/{name}/decisions", get_schedule_decisions},
    Route{Verb::get, "/api/v2/triggers", get_triggers},
    Route{Verb::get, "/api/v2/triggers/{name}", get_trigger},
    Route{Verb::put, "/api/v2/triggers/{name}", put_trigger, Body::json},
    Route{Verb::delete_, "/api/v2/triggers/{name}", delete_trigger},
    Route{Verb::post, "/api/v2/triggers/{name}/pause", post_trigger_pause},
    Route{Verb::post, "/api/v2/triggers/{name}/resume", post_trigger_resume},
    Route{Verb::get, "/api/v2/triggers/{name}/decisions", get_trigger_decisions},
    Route{Verb::get, "/api/v2/stream", get_stream},
    Route{Verb::post, "/api/v2/data/upload", post_upload, Body::upload},
    Route{Verb::get, "/api/v2/session", get_session, Body::none, Access::signed_in},
    Route{Verb::post, "/api/v2/session", post_session, Body::none, Access::signed_in},
    Route{Verb::delete_, "/api/v2/session", delete_session, Body::none, Access::signed_in},
    Route{Verb::post, "/api/v2/keys", post_key, Body::json, Access::admin},
    Route{Verb::get, "/api/v2/keys", get_keys, Body::none, Access::admin},
    Route{Verb::delete_, "/api/v2/keys/{id}", delete_key, Body::none, Access::admin},
    Route{Verb::get, "/api/v2/audit", get_audit, Body::none, Access::admin},
    Route{Verb::get, "/api/v2/openapi.json", get_openapi, Body::none, Access::anyone},
    Route{Verb::get, "/openapi.json", get_openapi, Body::none, Access::anyone},
    Route{Verb::get, "/health", get_health, Body::none, Access::anyone},
    Route{Verb::get, "/{*}", get_page, Body::none, Access::anyone},
};

template <std::size_t one, std::size_t other>
constexpr auto joined(const std::array<Route, one>& first, const std::array<Route, other>& rest) {
  std::array<Route, one + other> all{};
  std::ranges::copy(rest, std::ranges::copy(first, all.begin()).out);
  return all;
}

constexpr auto routes = joined(work, around);

}  // namespace

std::span<const Route> api_routes() {
  return routes;
}

std::span<const Route> live_routes() {
  return live;
}

}  // namespace trainyard::http
