#include "api/http/await.hpp"
#include "api/http/await_job.hpp"
#include "api/http/handlers.hpp"
#include "api/http/legacy_handlers.hpp"
#include "api/service/create_batch.hpp"
#include "api/service/read_job.hpp"
#include "api/service/read_run.hpp"
#include "common/domain/run_id.hpp"
#include "common/wire/json_writer.hpp"
#include "common/wire/legacy_requests.hpp"

#include <fmt/format.h>

#include <ranges>

namespace trainyard::http {
namespace {

constexpr std::size_t runs_max = 1'000;
constexpr std::string_view only_segment = "default";

asio::awaitable<Result<domain::Job>> submit(Api& api, const Request& request) {
  auto job = co_await offload(api.pool, [&]() -> Result<domain::NewJob> {
    TRY(const auto parsed, wire::parse_train_request(request.body));
    return service::prepare_job(api.intake, request.caller, parsed, service::Start::now);
  });
  if (!job) co_return std::unexpected(std::move(job).error());
  auto accepted =
      co_await await_done<domain::JobChange>([&](service::Done<domain::JobChange> done) {
        api.commits.accept(*std::move(job), std::move(done));
      });
  if (!accepted) co_return std::unexpected(std::move(accepted).error());
  co_return std::move(accepted->job);
}

// Why there are no results.
Failure failure_of(const domain::Job& job) {
  const bool is_cancelled = job.status == domain::JobStatus::cancelled;
  Failure failure(
      is_cancelled ? 409 : 500,
      Error{.code = is_cancelled ? Errc::cancelled : Errc::internal,
            .detail = job.error.empty() ? fmt::format("job {} was cancelled", job.id.to_string())
                                        : job.error,
            .hint = fmt::format("its history: /api/v2/jobs/{}/history", job.id.to_string()),
            .category = job.error_category});
  failure.job_id = job.id.to_string();
  return failure;
}

std::string runs_of(const service::CreatedBatch& made, const std::vector<std::string>& models) {
  wire::JsonWriter out;
  out.begin_object()
      .field("status", "submitted")
      .field("total_jobs", made.jobs.size())
      .key("job_runs")
      .begin_object();
  for (std::size_t i = 0; i < made.segments.size(); ++i) {
    const auto& segment = made.segments[i];
    out.key(segment.empty() ? only_segment : std::string_view(segment)).begin_array();
    for (std::size_t k = 0; k < models.size(); ++k) {
      out.begin_object()
          .field("model", models[k])
          .field("run_id", domain::local_run_id(made.jobs[i * models.size() + k]))
          .end_object();
    }
    out.end_array();
  }
  out.end_object().end_object();
  return out.take();
}

Reply runs_answer(Result<std::string> json) {
  if (json) return Response{.body = *std::move(json)};
  const bool is_no_run = json.error().code == Errc::invalid_argument;
  if (is_no_run) return std::unexpected(Failure(400, std::move(json).error()));
  return std::unexpected(std::move(json).error());
}

// ?run_ids=a&run_ids=b,c
std::expected<std::vector<std::string>, Failure> run_ids_of(const Request& request) {
  std::vector<std::string> ids;
  for (const auto& [name, value] : request.query) {
    if (name != "run_ids") {
      return bad_request(name, fmt::format("unknown parameter '{}'", name), "known: run_ids");
    }
    for (const auto part : std::views::split(value, ','))
      if (!part.empty()) ids.emplace_back(part.begin(), part.end());
  }
  if (ids.empty()) return bad_request("run_ids", "name at least one run", "run_ids=local-…");
  if (ids.size() <= runs_max) return ids;
  return bad_request("run_ids",
                     fmt::format("{} runs at once; the limit is {}", ids.size(), runs_max));
}

}  // namespace

asio::awaitable<Reply> post_train(Api& api, Request& request) {
  const auto submitted = co_await submit(api, request);
  if (!submitted) co_return std::unexpected(submitted.error());
  const auto ended = co_await await_end(api, request.caller, submitted->id);
  if (!ended) co_return std::unexpected(ended.error());
  if (ended->status != domain::JobStatus::completed) co_return std::unexpected(failure_of(*ended));
  auto json = co_await offload(
      api.pool, [&] { return service::job_results_json(api.store, request.caller, ended->id); });
  if (!json) co_return std::unexpected(std::move(json).error());
  Response response{.body = *std::move(json)};
  response.headers.emplace_back("Location", "/api/v2/jobs/" + ended->id.to_string());
  co_return response;
}

asio::awaitable<Reply> post_train_serverless(Api& api, Request& request) {
  const auto job = co_await submit(api, request);
  if (!job) co_return std::unexpected(job.error());
  wire::JsonWriter out;
  out.begin_object()
      .field("status", "submitted")
      .field("run_id", domain::run_id_of(*job))
      .end_object();
  Response response{.body = out.take()};
  response.headers.emplace_back("Location", "/api/v2/jobs/" + job->id.to_string());
  co_return response;
}

asio::awaitable<Reply> post_train_batch_serverless(Api& api, Request& request) {
  auto reply = co_await offload(api.pool, [&]() -> Result<Response> {
    TRY(const auto parsed, wire::parse_train_batch_request(request.body));
    TRY(const auto made,
        service::create_batch(api.store, api.gate, api.intake, request.caller, parsed));
    Response response{.body = runs_of(made, parsed.models)};
    response.headers.emplace_back("Location", "/api/v2/batches/" + made.batch.id.to_string());
    return response;
  });
  if (!reply) co_return std::unexpected(std::move(reply).error());
  co_return *std::move(reply);
}

asio::awaitable<Reply> get_job_status(Api& api, Request& request) {
  co_return runs_answer(co_await offload(api.pool, [&] {
    return service::run_json(api.store, request.caller, request.params.front());
  }));
}

asio::awaitable<Reply> get_batch_status(Api& api, Request& request) {
  const auto ids = run_ids_of(request);
  if (!ids) co_return std::unexpected(ids.error());
  co_return runs_answer(co_await offload(
      api.pool, [&] { return service::runs_json(api.store, request.caller, *ids); }));
}

}  // namespace trainyard::http
