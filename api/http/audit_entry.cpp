#include "api/http/audit_entry.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

// Longer text is nobody's id, but somebody's attempt.
constexpr std::size_t record_bytes_max = 300;

std::string record_of(const Request& request, const Reply& reply) {
  if (!request.changed.empty()) return request.changed;
  if (!request.params.empty()) {
    return fmt::format("{}", fmt::join(request.params, "/")).substr(0, record_bytes_max);
  }
  if (!reply) return {};
  for (const auto& [name, value] : reply->headers) {
    if (name == "Location") return value.substr(value.rfind('/') + 1);
  }
  return {};
}

}  // namespace

ports::AuditEntry audit_entry(const Route& route, const Request& request, const Reply& reply,
                              TimePoint now) {
  const auto verb = beast::http::to_string(route.verb);
  return {.id = ports::AuditId::make(),
          .at = now,
          .user_id = request.caller.user_id,
          .role = std::string(to_string(request.caller.role)),
          .key_id = request.caller.key_id,
          .action = fmt::format("{} {}", std::string_view(verb.data(), verb.size()), route.pattern),
          .record = record_of(request, reply),
          .status = reply ? reply->status : reply.error().status,
          .client = request.caller.address,
          .correlation_id = request.caller.correlation_id};
}

}  // namespace trainyard::http
