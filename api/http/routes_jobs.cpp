#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/job_query.hpp"
#include "api/service/change_job.hpp"
#include "api/service/cursor.hpp"
#include "api/service/own_job.hpp"
#include "api/service/read_job.hpp"
#include "common/ports/counted.hpp"
#include "common/wire/job_json.hpp"
#include "common/wire/problem_json.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

// Bodies up to this size are parsed between two reads of the socket; more would delay the others.
constexpr std::size_t parse_here_bytes_max = 32 * 1024;

using service::Start;

Response job_answer(const Api& api, const domain::Job& job) {
  return {.body = wire::job_json(job, wire::JobView::full, api.clock.now())};
}

// 201 for the job that was asked for, 200 for another that stands in its way.
Response acceptance(const Api& api, JobId asked, const domain::Job& job) {
  const bool is_new = job.id == asked;
  const auto view = is_new ? wire::JobView::full : wire::JobView::existing;
  return {.status = is_new ? 201 : 200,
          .body = wire::job_json(job, view, api.clock.now()),
          .headers = {{"Location", "/api/v2/jobs/" + job.id.to_string()}}};
}

std::expected<Start, Failure> start_query(const Request& request) {
  const auto* submit = request.find_query("submit");
  if (submit == nullptr || *submit == "false") return Start::later;
  if (*submit == "true") return Start::now;
  return bad_request("submit", "submit must be true or false");
}

Result<domain::NewJob> prepare(const Api& api, const Request& request, Start start) {
  TRY(const auto job, wire::parse_job_request(request.body));
  return service::prepare_job(api.intake, request.caller, job, start);
}

// Inline rows are written to a file, which blocks.
bool is_quick(const Request& request) {
  return request.body.size() <= parse_here_bytes_max && !request.body.contains("\"data\"");
}

std::vector<Result<domain::NewJob>> prepare_all(const Api& api, const Request& request,
                                                const wire::BulkRequest& bulk) {
  std::vector<Result<domain::NewJob>> jobs;
  jobs.reserve(bulk.jobs.size());
  for (const auto& job : bulk.jobs) {
    jobs.push_back(service::prepare_job(api.intake, request.caller, job,
                                        bulk.submit ? Start::now : Start::later));
  }
  return jobs;
}

// What each job of a bulk request came to. The refused ones are answered in place, so that one
// bad config costs its neighbours nothing.
Result<std::string> accept_bulk(const Api& api, const Request& request) {
  TRY(const auto bulk, wire::parse_bulk_request(request.body));
  auto prepared = prepare_all(api, request, bulk);
  std::vector<domain::NewJob> good;
  for (auto& job : prepared) {
    if (job) good.push_back(*job);
  }
  const auto accepted = service::accept_all(api.store, api.gate, good);
  wire::JsonWriter out;
  std::size_t next = 0;
  int refused = 0;
  out.begin_object().key("results").begin_array();
  for (const auto& job : prepared) {
    const Error* error = job ? nullptr : &job.error();
    if (job && !accepted[next]) error = &accepted[next].error();
    if (error != nullptr) {
      ++refused;
      const int status = http_status(error->code);
      out.begin_object().field("status_code", status).key("error");
      out.raw(wire::problem_json(*error, status, "", request.caller.correlation_id)).end_object();
    } else {
      const auto& made = accepted[next]->job;
      const bool is_new = made.id == good[next].id;
      out.begin_object()
          .field("status_code", is_new ? 201 : 200)
          .field("job_id", made.id.to_string())
          .field("status", to_string(made.status))
          .field("created_at", made.created_at)
          .field("duplicate", !is_new)
          .end_object();
    }
    if (job) ++next;
  }
  out.end_array()
      .field("accepted", prepared.size() - static_cast<std::size_t>(refused))
      .field("refused", refused)
      .end_object();
  return out.take();
}

}  // namespace

asio::awaitable<Reply> post_job(Api& api, Request& request) {
  const auto start = start_query(request);
  if (!start) co_return std::unexpected(start.error());
  auto job = is_quick(request)
                 ? prepare(api, request, *start)
                 : co_await offload(api.pool, [&] { return prepare(api, request, *start); });
  if (!job) co_return std::unexpected(std::move(job).error());
  const auto asked = job->id;
  auto accepted =
      co_await await_done<domain::JobChange>([&](service::Done<domain::JobChange> done) {
        api.commits.accept(*std::move(job), std::move(done));
      });
  if (!accepted) co_return std::unexpected(std::move(accepted).error());
  co_return acceptance(api, asked, accepted->job);
}

asio::awaitable<Reply> post_jobs_bulk(Api& api, Request& request) {
  auto json = co_await offload(api.pool, [&] { return accept_bulk(api, request); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_jobs(Api& api, Request& request) {
  auto filter = job_filter(request);
  if (!filter) co_return std::unexpected(std::move(filter).error());
  auto page = co_await offload(
      api.pool, [&] { return service::list_jobs(api.store, request.caller, *std::move(filter)); });
  if (!page) co_return std::unexpected(std::move(page).error());
  wire::JsonWriter out;
  out.begin_object().key("jobs").begin_array();
  for (const auto& job : page->jobs) {
    wire::write_job(out, job, wire::JobView::summary, api.clock.now());
  }
  const auto next =
      page->has_more ? service::cursor_of("jobs", page->jobs.back().id.to_string()) : "";
  out.end_array()
      .field("total", ports::told_total(page->total))
      .field("total_is_exact", ports::is_exact(page->total))
      .field("has_more", page->has_more)
      .text_or_null("next_cursor", next)
      .end_object();
  co_return Response{.body = out.take()};
}

asio::awaitable<Reply> get_job(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto job =
      co_await offload(api.pool, [&] { return service::own_job(api.store, request.caller, *id); });
  if (!job) co_return std::unexpected(std::move(job).error());
  co_return job_answer(api, *job);
}

asio::awaitable<Reply> delete_job(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto removed = co_await offload(
      api.pool, [&] { return service::delete_job(api.store, api.artifacts, request.caller, *id); });
  if (!removed) co_return std::unexpected(std::move(removed).error());
  co_return Response{.status = 204, .content_type = ""};
}

asio::awaitable<Reply> post_submit(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto job = co_await offload_done<domain::Job>(
      api.pool, [&api, &request, id = *id](service::Done<domain::Job> done) {
        service::submit_job(api.store, api.commits, request.caller, id, std::move(done));
      });
  if (!job) co_return std::unexpected(std::move(job).error());
  co_return job_answer(api, *job);
}

asio::awaitable<Reply> post_cancel(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto job = co_await offload_done<domain::Job>(api.pool, [&api, &request, id = *id](
                                                              service::Done<domain::Job> done) {
    service::cancel_job(api.store, api.commits, api.control, request.caller, id, std::move(done));
  });
  if (!job) co_return std::unexpected(std::move(job).error());
  co_return job_answer(api, *job);
}

asio::awaitable<Reply> get_results(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(
      api.pool, [&] { return service::job_results_json(api.store, request.caller, *id); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_history(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(
      api.pool, [&] { return service::job_history_json(api.store, request.caller, *id); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

}  // namespace trainyard::http
