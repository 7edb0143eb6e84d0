#include "api/http/automation_handlers.hpp"
#include "api/http/await.hpp"
#include "api/http/definition_routes.hpp"
#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"
#include "api/service/pipelines.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

using ports::PipelineId;

service::Pipelining pipelining(const Api& api) {
  return {.pipelines = api.pipelines, .starting = starting(api), .control = api.control};
}

std::expected<ports::PipelineFilter, Failure> pipeline_filter(const Request& request) {
  ports::PipelineFilter filter;
  for (const auto& [name, value] : request.query) {
    if (name == "status") {
      if (!domain::pipeline_status_from(value)) {
        return bad_request(name, fmt::format("'{}' is not a pipeline status", value),
                           "running, cancelling, completed, failed or cancelled");
      }
      filter.status = value;
    } else if (name == "before") {
      filter.before = PipelineId::parse(value);
      if (!filter.before) return bad_request(name, fmt::format("'{}' is not a pipeline id", value));
    } else if (name == "user") {
      filter.user_id = value;
    } else if (name != "limit" && name != "cursor") {
      return bad_request(name, fmt::format("unknown parameter '{}'", name),
                         "known: limit, cursor, before, status, user");
    }
  }
  TRY(const auto limit, int_query(request, "limit", filter.limit, 1, 200));
  filter.limit = static_cast<int>(limit);
  TRY(const auto last, cursor_id_query<PipelineId>(request, "pipelines"));
  if (last) filter.before = last;
  return filter;
}

using Change = Result<service::PipelineView> (*)(const service::Pipelining&, const service::Caller&,
                                                 PipelineId);

asio::awaitable<Reply> change(Api& api, Request& request, Change what) {
  const auto id = id_param<PipelineId>(request, "pipeline_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(api.pool, [&]() -> Result<std::string> {
    TRY(const auto view, what(pipelining(api), request.caller, *id));
    return service::pipeline_json(pipelining(api), view);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

}  // namespace

asio::awaitable<Reply> post_pipeline(Api& api, Request& request) {
  auto made = co_await offload(api.pool, [&]() -> Result<Response> {
    TRY(const auto view, service::create_pipeline(pipelining(api), request.caller, request.body));
    TRY(auto json, service::pipeline_json(pipelining(api), view));
    return Response{.status = 201,
                    .body = std::move(json),
                    .headers = {{"Location", "/api/v2/pipelines/" + view.stored.id.to_string()}}};
  });
  if (!made) co_return std::unexpected(std::move(made).error());
  co_return *std::move(made);
}

asio::awaitable<Reply> get_pipelines(Api& api, Request& request) {
  const auto filter = pipeline_filter(request);
  if (!filter) co_return std::unexpected(filter.error());
  auto json = co_await offload(
      api.pool, [&] { return service::pipelines_json(pipelining(api), request.caller, *filter); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_pipeline(Api& api, Request& request) {
  const auto id = id_param<PipelineId>(request, "pipeline_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(
      api.pool, [&] { return service::own_pipeline_json(pipelining(api), request.caller, *id); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> post_pipeline_cancel(Api& api, Request& request) {
  return change(api, request, service::cancel_pipeline);
}

asio::awaitable<Reply> post_pipeline_retry(Api& api, Request& request) {
  return change(api, request, service::retry_pipeline);
}

}  // namespace trainyard::http
