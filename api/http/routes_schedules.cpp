#include "api/http/automation_handlers.hpp"
#include "api/http/await.hpp"
#include "api/http/definition_routes.hpp"
#include "api/service/schedules.hpp"
#include "common/wire/json_writer.hpp"

namespace trainyard::http {
namespace {

constexpr auto kind = ports::DefinitionKind::schedule;

service::Scheduling scheduling(const Api& api) {
  return {.definitions = api.definitions,
          .intake = api.intake,
          .find_zone = api.find_zone,
          .clock = api.clock};
}

asio::awaitable<Reply> enable(Api& api, Request& request, service::Enabled enabled) {
  auto stored = co_await offload(api.pool, [&] {
    return service::enable_schedule(scheduling(api), request.caller, request.params.front(),
                                    enabled);
  });
  if (!stored) co_return std::unexpected(std::move(stored).error());
  co_return Response{.body = service::definition_json(*stored)};
}

}  // namespace

asio::awaitable<Reply> get_schedules(Api& api, Request& request) {
  return list_definitions(api, request, kind);
}

asio::awaitable<Reply> get_schedule(Api& api, Request& request) {
  return show_definition(api, request, kind);
}

asio::awaitable<Reply> put_schedule(Api& api, Request& request) {
  auto stored = co_await offload(api.pool, [&] {
    return service::put_schedule(scheduling(api), request.caller, request.params.front(),
                                 request.body);
  });
  if (!stored) co_return std::unexpected(std::move(stored).error());
  co_return definition_answer(*stored);
}

asio::awaitable<Reply> delete_schedule(Api& api, Request& request) {
  return drop_definition(api, request, kind);
}

asio::awaitable<Reply> get_schedule_decisions(Api& api, Request& request) {
  return list_decisions(api, request, kind);
}

asio::awaitable<Reply> post_schedule_pause(Api& api, Request& request) {
  return enable(api, request, service::Enabled::no);
}

asio::awaitable<Reply> post_schedule_resume(Api& api, Request& request) {
  return enable(api, request, service::Enabled::yes);
}

asio::awaitable<Reply> post_schedule_run(Api& api, Request& request) {
  auto started = co_await offload(api.pool, [&] {
    return service::run_schedule(starting(api), request.caller, request.params.front());
  });
  if (!started) co_return std::unexpected(std::move(started).error());
  const auto batch = started->batch_id.to_string();
  wire::JsonWriter out;
  out.begin_object().field("batch_id", batch).field("total_jobs", started->total_jobs).end_object();
  co_return Response{
      .status = 202, .body = out.take(), .headers = {{"Location", "/api/v2/batches/" + batch}}};
}

}  // namespace trainyard::http
