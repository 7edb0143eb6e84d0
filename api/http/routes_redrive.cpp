#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/job_query.hpp"
#include "api/service/change_jobs.hpp"
#include "api/service/redrive_job.hpp"
#include "common/wire/job_json.hpp"
#include "common/wire/problem_json.hpp"
#include "common/wire/redrive_json.hpp"

// Jobs that failed get another go, and what is done to all jobs that match a filter.

namespace trainyard::http {
namespace {

using service::JobsAction;

std::expected<service::JobsChange, Failure> read_change(const Request& request, JobsAction action) {
  using Mode = wire::JobsChangeRequest::Mode;
  const auto patches =
      action == JobsAction::redrive ? wire::Patches::taken : wire::Patches::refused;
  TRY(auto body, wire::parse_jobs_change(request.body, patches));
  service::JobsChange change{.action = action, .filter = {}, .patch = std::move(body.patch)};
  TRY(change.filter, job_filter(body.filter));
  if (body.mode == Mode::dry_run) change.mode = service::JobsChange::Mode::dry_run;
  return change;
}

std::string to_json(const service::JobsChanged& done, const std::string& correlation_id) {
  wire::JsonWriter out;
  out.begin_object()
      .field("matched", done.matched)
      .field("changed", done.changed)
      .field("refused", done.refused)
      .key("errors")
      .begin_array();
  for (const auto& [id, error] : done.errors) {
    out.begin_object().field("job_id", id.to_string()).key("error");
    out.raw(wire::problem_json(error, http_status(error.code), "", correlation_id)).end_object();
  }
  out.end_array()
      .field("has_more", done.next.has_value())
      .text_or_null("next", done.next ? done.next->to_string() : std::string())
      .end_object();
  return out.take();
}

asio::awaitable<Reply> change_all(Api& api, Request& request, JobsAction action) {
  const auto change = read_change(request, action);
  if (!change) co_return std::unexpected(change.error());
  auto done = co_await offload(api.pool, [&] {
    return service::change_jobs({.store = api.store,
                                 .artifacts = api.artifacts,
                                 .intake = api.intake,
                                 .control = api.control},
                                request.caller, *change);
  });
  if (!done) co_return std::unexpected(std::move(done).error());
  co_return Response{.body = to_json(*done, request.caller.correlation_id)};
}

}  // namespace

asio::awaitable<Reply> post_redrive(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto job = co_await offload(api.pool, [&]() -> Result<domain::Job> {
    TRY(const auto patch, wire::parse_redrive(request.body));
    return service::redrive_job(api.store, api.intake, request.caller, *id, patch);
  });
  if (!job) co_return std::unexpected(std::move(job).error());
  co_return Response{.body = wire::job_json(*job, wire::JobView::full, api.clock.now())};
}

asio::awaitable<Reply> post_jobs_redrive(Api& api, Request& request) {
  return change_all(api, request, JobsAction::redrive);
}

asio::awaitable<Reply> post_jobs_cancel(Api& api, Request& request) {
  return change_all(api, request, JobsAction::cancel);
}

asio::awaitable<Reply> post_jobs_delete(Api& api, Request& request) {
  return change_all(api, request, JobsAction::remove);
}

}  // namespace trainyard::http
