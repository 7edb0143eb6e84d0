#pragma once

#include "api/http/message.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::http {

struct Api;

using Handler = asio::awaitable<Reply> (*)(Api& api, Request& request);

enum class Body { none, json, upload };

// Who may use a route. by_method: reading is for viewers, everything else for members.
enum class Access { by_method, anyone, signed_in, admin };

struct Route {
  Verb verb;
  std::string_view pattern;  // "/api/v2/jobs/{id}"; "/{*}" takes any path
  Handler handler;
  Body body = Body::none;
  Access access = Access::by_method;
};

struct Match {
  const Route* route = nullptr;     // none: not found, or not with this method
  std::vector<std::string> params;  // in order of the pattern
  std::string allow;                // methods of the path, for 405; empty when the path is unknown
};

// HEAD is answered by GET's route. Of patterns that fit, those count that leave the least open.
Match find_route(std::span<const Route> routes, Verb verb, std::string_view path);

}  // namespace trainyard::http
