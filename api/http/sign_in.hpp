#pragma once

#include "api/http/request_checks.hpp"
#include "common/base/secret.hpp"
#include "common/ports/identity.hpp"

#include <string>

// How a request says who sends it, and what that one may do. Pure.

namespace trainyard::http {

inline constexpr std::string_view session_cookie = "trainyard_session";

// The credential of a request: Authorization: Bearer, X-API-Key, or a browser's session cookie, in
// this order; empty when there is none. Failures: 400 for two that differ, or another scheme.
std::expected<Secret, Failure> token_of(const Head& head);

// 403 when the role does not allow this route.
std::expected<void, Failure> check_access(const Route& route, domain::Role role);

// What the identity's refusal is to the client: 401 when it knows nobody by this token.
Failure not_signed_in(Error why);

// Set-Cookie for a session that ends in `seconds`; 0 ends it now. Not for scripts, and not sent
// along by links of other sites. Only over TLS when the browser came over TLS.
std::string cookie_for(const Secret& session, std::int64_t seconds, const Request& request);

}  // namespace trainyard::http
