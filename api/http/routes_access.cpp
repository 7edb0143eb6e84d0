#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"
#include "api/http/sign_in.hpp"
#include "api/service/api_keys.hpp"
#include "api/service/cursor.hpp"
#include "common/wire/access_requests.hpp"
#include "common/wire/json_writer.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

// People and systems have keys: few enough to be read as a whole for each page.
constexpr int keys_max = 100'000;

void write_key(wire::JsonWriter& out, const ports::ApiKey& key) {
  out.field("key_id", key.id)
      .field("kind", to_string(key.kind))
      .text_or_null("name", key.name)
      .field("user", key.user_id)
      .field("role", to_string(key.role))
      .text_or_null("created_by", key.created_by)
      .field("created_at", key.created_at)
      .field("expires_at", key.expires_at)
      .field("revoked_at", key.revoked_at)
      .field("last_used_at", key.last_used_at);
}

std::string key_json(const ports::ApiKey& key) {
  wire::JsonWriter out;
  out.begin_object();
  write_key(out, key);
  out.end_object();
  return out.take();
}

std::string session_json(const service::Caller& caller, const std::optional<TimePoint>& until) {
  wire::JsonWriter out;
  out.begin_object()
      .field("user", caller.user_id)
      .field("role", to_string(caller.role))
      .text_or_null("key_id", caller.key_id)
      .field("expires_at", until)
      .end_object();
  return out.take();
}

Result<Response> create_key(Api& api, const Request& request) {
  TRY(const auto wanted, wire::parse_key_request(request.body));
  TRY(const auto made, service::create_key(api.access, request.caller, wanted, api.clock.now()));
  wire::JsonWriter out;
  out.begin_object();
  write_key(out, made.record);
  out.field("key", made.key.reveal()).end_object();
  return Response{
      .status = 201,
      .body = out.take(),
      .headers = {{"Location", "/api/v2/keys/" + made.record.id}, {"Cache-Control", "no-store"}}};
}

std::expected<ports::KeyFilter, Failure> key_filter(const Request& request) {
  ports::KeyFilter filter{.kind = domain::KeyKind::key};
  for (const auto& [name, value] : request.query) {
    if (name == "user") {
      filter.user_id = value;
    } else if (name == "kind") {
      filter.kind = domain::key_kind_from(value);
      if (!filter.kind)
        return bad_request(name, fmt::format("'{}' is neither key nor session", value));
    } else if (name != "limit" && name != "cursor") {
      return bad_request(name, fmt::format("unknown parameter '{}'", name),
                         "known: user, kind, limit, cursor");
    }
  }
  TRY(const auto limit, int_query(request, "limit", filter.limit, 1, 1'000));
  filter.limit = static_cast<int>(limit);
  return filter;
}

std::expected<void, Failure> take(ports::AuditFilter& filter, const std::string& name,
                                  const std::string& value) {
  if (name == "user") {
    filter.user_id = value;
  } else if (name == "action") {
    filter.action = value;
  } else if (name == "record") {
    filter.record = value;
  } else if (name == "correlation_id") {
    filter.correlation_id = value;
  } else if (name == "before") {
    filter.before = ports::AuditId::parse(value);
    if (!filter.before) return bad_request(name, fmt::format("'{}' is not an audit id", value));
  } else if (name == "after" || name == "until") {
    auto time = from_iso8601(value);
    if (!time) return bad_request(name, "a time like 2026-01-20T15:30:00Z is expected");
    (name == "after" ? filter.after : filter.until) = *time;
  } else if (name != "limit" && name != "cursor") {
    return bad_request(name, fmt::format("unknown parameter '{}'", name),
                       "known: user, action, record, correlation_id, after, until, before, "
                       "limit, cursor");
  }
  return {};
}

std::expected<ports::AuditFilter, Failure> audit_filter(const Request& request) {
  ports::AuditFilter filter;
  for (const auto& [name, value] : request.query) {
    TRY_DO(take(filter, name, value));
  }
  TRY(const auto limit, int_query(request, "limit", filter.limit, 1, 1'000));
  filter.limit = static_cast<int>(limit);
  TRY(const auto last, cursor_id_query<ports::AuditId>(request, "audit"));
  if (last) filter.before = last;
  return filter;
}

std::string audit_json(const ports::AuditPage& page) {
  wire::JsonWriter out;
  out.begin_object().key("entries").begin_array();
  for (const auto& entry : page.entries) {
    out.begin_object()
        .field("audit_id", entry.id.to_string())
        .field("at", entry.at)
        .field("user", entry.user_id)
        .field("role", entry.role)
        .text_or_null("key_id", entry.key_id)
        .field("action", entry.action)
        .text_or_null("record", entry.record)
        .field("status", entry.status)
        .field("client", entry.client)
        .text_or_null("correlation_id", entry.correlation_id)
        .end_object();
  }
  const auto next =
      page.has_more ? service::cursor_of("audit", page.entries.back().id.to_string()) : "";
  out.end_array().field("has_more", page.has_more).text_or_null("next_cursor", next).end_object();
  return out.take();
}

// Those after the one named.
std::span<const ports::ApiKey> keys_after(std::span<const ports::ApiKey> keys,
                                          const std::string& last) {
  const auto found = std::ranges::find(keys, last, &ports::ApiKey::id);
  return {found == keys.end() ? found : found + 1, keys.end()};
}

std::string keys_json(std::span<const ports::ApiKey> keys, std::size_t limit) {
  const auto shown = keys.first(std::min(keys.size(), limit));
  const bool has_more = keys.size() > limit;
  wire::JsonWriter out;
  out.begin_object().key("keys").begin_array();
  for (const auto& key : shown) {
    out.begin_object();
    write_key(out, key);
    out.end_object();
  }
  out.end_array()
      .field("has_more", has_more)
      .text_or_null("next_cursor", has_more ? service::cursor_of("keys", shown.back().id) : "")
      .end_object();
  return out.take();
}

}  // namespace

asio::awaitable<Reply> post_key(Api& api, Request& request) {
  auto made = co_await offload(api.pool, [&] { return create_key(api, request); });
  if (!made) co_return std::unexpected(std::move(made).error());
  co_return *std::move(made);
}

asio::awaitable<Reply> get_keys(Api& api, Request& request) {
  auto filter = key_filter(request);
  if (!filter) co_return std::unexpected(std::move(filter).error());
  const auto last = cursor_query(request, "keys");
  if (!last) co_return std::unexpected(last.error());
  const auto limit = static_cast<std::size_t>(std::exchange(filter->limit, keys_max));
  const auto keys = co_await offload(api.pool, [&] { return api.access.list_keys(*filter); });
  if (!keys) co_return std::unexpected(keys.error());
  co_return Response{.body = keys_json(*last ? keys_after(*keys, **last) : *keys, limit)};
}

asio::awaitable<Reply> delete_key(Api& api, Request& request) {
  const auto revoked = co_await offload(
      api.pool, [&] { return api.access.revoke_key(request.params.front(), api.clock.now()); });
  if (!revoked) co_return std::unexpected(revoked.error());
  api.identity.forget();
  co_return Response{.body = key_json(*revoked)};
}

asio::awaitable<Reply> get_audit(Api& api, Request& request) {
  const auto filter = audit_filter(request);
  if (!filter) co_return std::unexpected(filter.error());
  const auto page = co_await offload(api.pool, [&] { return api.access.list_audit(*filter); });
  if (!page) co_return std::unexpected(page.error());
  co_return Response{.body = audit_json(*page)};
}

asio::awaitable<Reply> get_session(Api&, Request& request) {
  co_return Response{.body = session_json(request.caller, request.caller.until),
                     .headers = {{"Cache-Control", "no-store"}}};
}

asio::awaitable<Reply> post_session(Api& api, Request& request) {
  // Where nobody signs in there is nothing to remember.
  if (!request.has_credential) co_return co_await get_session(api, request);
  const ports::Principal who{.user_id = request.caller.user_id,
                             .role = request.caller.role,
                             .key_id = request.caller.key_id,
                             .valid_until = request.caller.until};
  const auto now = api.clock.now();
  const auto session =
      co_await offload(api.pool, [&] { return service::begin_session(api.access, who, now); });
  if (!session) co_return std::unexpected(session.error());
  const auto lasts =
      std::chrono::duration_cast<std::chrono::seconds>(*session->record.expires_at - now);
  request.changed = session->record.id;
  co_return Response{.status = 201,
                     .body = session_json(request.caller, session->record.expires_at),
                     .headers = {{"Set-Cookie", cookie_for(session->key, lasts.count(), request)},
                                 {"Cache-Control", "no-store"}}};
}

asio::awaitable<Reply> delete_session(Api& api, Request& request) {
  const auto key_id = request.caller.key_id;
  const auto ended = co_await offload(api.pool, [&]() -> Result<void> {
    if (key_id.empty()) return {};
    TRY(const auto key, api.access.find_key(key_id));
    // An API key is not a session: signing out does not end it.
    if (key.kind != domain::KeyKind::session) return {};
    TRY_DO(api.access.revoke_key(key_id, api.clock.now()));
    return {};
  });
  if (!ended) co_return std::unexpected(ended.error());
  api.identity.forget();
  request.changed = key_id;
  co_return Response{.status = 204,
                     .content_type = "",
                     .headers = {{"Set-Cookie", cookie_for(Secret(), 0, request)}}};
}

}  // namespace trainyard::http
