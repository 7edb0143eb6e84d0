#include "api/http/automation_handlers.hpp"
#include "api/http/await.hpp"
#include "api/http/definition_routes.hpp"
#include "api/service/triggers.hpp"

namespace trainyard::http {
namespace {

constexpr auto kind = ports::DefinitionKind::trigger;

service::Triggering triggering(const Api& api) {
  return {.definitions = api.definitions, .intake = api.intake, .find_zone = api.find_zone};
}

asio::awaitable<Reply> enable(Api& api, Request& request, service::Enabled enabled) {
  auto stored = co_await offload(api.pool, [&] {
    return service::enable_trigger(triggering(api), request.caller, request.params.front(),
                                   enabled);
  });
  if (!stored) co_return std::unexpected(std::move(stored).error());
  co_return Response{.body = service::definition_json(*stored)};
}

}  // namespace

asio::awaitable<Reply> get_triggers(Api& api, Request& request) {
  return list_definitions(api, request, kind);
}

asio::awaitable<Reply> get_trigger(Api& api, Request& request) {
  return show_definition(api, request, kind);
}

asio::awaitable<Reply> put_trigger(Api& api, Request& request) {
  auto stored = co_await offload(api.pool, [&] {
    return service::put_trigger(triggering(api), request.caller, request.params.front(),
                                request.body);
  });
  if (!stored) co_return std::unexpected(std::move(stored).error());
  co_return definition_answer(*stored);
}

asio::awaitable<Reply> delete_trigger(Api& api, Request& request) {
  return drop_definition(api, request, kind);
}

asio::awaitable<Reply> get_trigger_decisions(Api& api, Request& request) {
  return list_decisions(api, request, kind);
}

asio::awaitable<Reply> post_trigger_pause(Api& api, Request& request) {
  return enable(api, request, service::Enabled::no);
}

asio::awaitable<Reply> post_trigger_resume(Api& api, Request& request) {
  return enable(api, request, service::Enabled::yes);
}

}  // namespace trainyard::http
