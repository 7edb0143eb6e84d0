#include "api/http/definition_routes.hpp"

#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"
#include "api/service/definitions.hpp"

#include <fmt/format.h>

namespace trainyard::http {

service::Starting starting(const Api& api) {
  return {.jobs = api.store,
          .definitions = api.definitions,
          .gate = api.gate,
          .intake = api.intake,
          .clock = api.clock};
}

Response definition_answer(const ports::Definition& definition) {
  return {.status = definition.revision == 1 ? 201 : 200,
          .body = service::definition_json(definition)};
}

asio::awaitable<Reply> list_definitions(Api& api, Request& request, ports::DefinitionKind kind) {
  const auto limit = int_query(request, "limit", 100, 1, 1'000);
  if (!limit) co_return std::unexpected(limit.error());
  service::DefinitionFilter filter{.limit = static_cast<int>(*limit)};
  if (const auto* after = request.find_query("after")) filter.after = *after;
  const auto last = cursor_query(request, fmt::format("{}s", to_string(kind)));
  if (!last) co_return std::unexpected(last.error());
  if (*last) filter.after = **last;
  if (const auto* user = request.find_query("user")) filter.user_id = *user;
  auto json = co_await offload(api.pool, [&] {
    return service::definitions_json(api.definitions, request.caller, kind, filter);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> show_definition(Api& api, Request& request, ports::DefinitionKind kind) {
  auto found = co_await offload(api.pool, [&] {
    return service::own_definition(api.definitions, request.caller, kind, request.params.front());
  });
  if (!found) co_return std::unexpected(std::move(found).error());
  co_return Response{.body = service::definition_json(*found)};
}

asio::awaitable<Reply> drop_definition(Api& api, Request& request, ports::DefinitionKind kind) {
  auto removed = co_await offload(api.pool, [&]() -> Result<bool> {
    TRY_DO(
        service::remove_definition(api.definitions, request.caller, kind, request.params.front()));
    return true;
  });
  if (!removed) co_return std::unexpected(std::move(removed).error());
  co_return Response{.status = 204, .content_type = ""};
}

asio::awaitable<Reply> list_decisions(Api& api, Request& request, ports::DefinitionKind kind) {
  const auto limit = int_query(request, "limit", 50, 1, 1'000);
  if (!limit) co_return std::unexpected(limit.error());
  auto before = int_query(request, "before", INT64_MAX, 1, INT64_MAX);
  if (!before) co_return std::unexpected(std::move(before).error());
  const auto last = cursor_number_query(request, "decisions");
  if (!last) co_return std::unexpected(last.error());
  if (*last) before = **last;
  auto json = co_await offload(api.pool, [&] {
    return service::decisions_json(api.definitions, request.caller, kind, request.params.front(),
                                   *before, static_cast<int>(*limit));
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

}  // namespace trainyard::http
