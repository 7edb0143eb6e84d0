#pragma once

#include "api/http/api.hpp"
#include "api/service/start_training.hpp"

// What the endpoints of templates, schedules and triggers have in common. The name is the first
// parameter of the path.

namespace trainyard::http {

service::Starting starting(const Api& api);
// 201 for a new one, else 200.
Response definition_answer(const ports::Definition& definition);

asio::awaitable<Reply> list_definitions(Api& api, Request& request, ports::DefinitionKind kind);
asio::awaitable<Reply> show_definition(Api& api, Request& request, ports::DefinitionKind kind);
asio::awaitable<Reply> drop_definition(Api& api, Request& request, ports::DefinitionKind kind);
asio::awaitable<Reply> list_decisions(Api& api, Request& request, ports::DefinitionKind kind);

}  // namespace trainyard::http
