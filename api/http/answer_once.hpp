#pragma once

#include "api/http/api.hpp"

namespace trainyard::http {

inline constexpr std::size_t idempotency_key_max = 255;

// Runs the route's handler; for a POST with an Idempotency-Key once per user and key: the same
// request gets the first good answer again, with Idempotency-Replayed: true. Another request under
// the key is 422, one that is still being done 409. A refused request is not kept, since it did
// nothing.
asio::awaitable<Reply> answer_once(Api& api, const Route& route, Request& request);

}  // namespace trainyard::http
