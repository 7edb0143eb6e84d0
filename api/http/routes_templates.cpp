#include "api/http/automation_handlers.hpp"
#include "api/http/await.hpp"
#include "api/http/definition_routes.hpp"
#include "api/service/definitions.hpp"

namespace trainyard::http {
namespace {

constexpr auto kind = ports::DefinitionKind::training_template;

}  // namespace

asio::awaitable<Reply> get_templates(Api& api, Request& request) {
  return list_definitions(api, request, kind);
}

asio::awaitable<Reply> get_template(Api& api, Request& request) {
  return show_definition(api, request, kind);
}

asio::awaitable<Reply> put_template(Api& api, Request& request) {
  auto stored = co_await offload(api.pool, [&] {
    return service::put_template(api.definitions, api.intake, request.caller,
                                 request.params.front(), request.body);
  });
  if (!stored) co_return std::unexpected(std::move(stored).error());
  co_return definition_answer(*stored);
}

asio::awaitable<Reply> delete_template(Api& api, Request& request) {
  return drop_definition(api, request, kind);
}

}  // namespace trainyard::http
