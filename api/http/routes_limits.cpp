#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"
#include "api/service/cursor.hpp"
#include "api/service/explain_job.hpp"
#include "api/service/set_limits.hpp"
#include "common/wire/limit_json.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

struct LimitName {
  domain::LimitScope scope;
  std::string name;
};

std::expected<LimitName, Failure> limit_param(const Request& request) {
  const auto scope = domain::limit_scope_from(request.params[0]);
  if (scope) return LimitName{.scope = *scope, .name = request.params[1]};
  return bad_request("scope", fmt::format("'{}' is not a scope of limits", request.params[0]),
                     "queue, user or key");
}

std::string limit_json(const domain::Limit& limit) {
  wire::JsonWriter out;
  wire::write_limit(out, limit);
  return out.take();
}

Result<std::string> put(const Api& api, const domain::Limit& limit) {
  TRY_DO(service::set_limit(api.line, api.store, api.gate, limit));
  return limit_json(limit);
}

Result<std::string> pause(const Api& api, const LimitName& name, std::string_view body) {
  TRY(const auto request, wire::parse_pause(body));
  TRY(auto limit, service::limit_named(api.line, name.scope, name.name));
  limit.paused_until = request.until;
  limit.reason = request.reason;
  return put(api, limit);
}

Result<std::string> resume(const Api& api, const LimitName& name) {
  TRY(auto limit, service::limit_named(api.line, name.scope, name.name));
  limit.paused_until.reset();
  limit.reason.clear();
  return put(api, limit);
}

std::string place_of(const domain::Limit& limit) {
  return fmt::format("{}/{}", to_string(limit.scope), limit.name);
}

// There are few, which the dispatcher reads as a whole every moment; a page is for those who read.
Result<std::string> limits_json(const Api& api, const std::optional<std::string>& after,
                                std::size_t count) {
  TRY(auto limits, api.line.limits());
  std::ranges::sort(limits, {}, place_of);
  const auto first =
      after ? std::ranges::upper_bound(limits, *after, {}, place_of) : limits.begin();
  const auto shown = std::span(first, limits.end());
  const bool has_more = shown.size() > count;
  wire::JsonWriter out;
  out.begin_object().key("limits").begin_array();
  for (const auto& limit : shown.first(std::min(shown.size(), count)))
    wire::write_limit(out, limit);
  out.end_array()
      .field("has_more", has_more)
      .text_or_null("next_cursor",
                    has_more ? service::cursor_of("limits", place_of(shown[count - 1])) : "")
      .end_object();
  return out.take();
}

Result<std::string> workers_json(const Api& api) {
  TRY(const auto workers, api.line.workers());
  TRY(const auto capacity, api.line.capacity());
  wire::JsonWriter out;
  out.begin_object().key("workers").begin_array();
  for (const auto& [report, seen_at] : workers) {
    out.begin_object()
        .field("worker_id", report.worker_id)
        .field("slots", report.slots)
        .field("seen_at", seen_at)
        .end_object();
  }
  out.end_array()
      .field("slots", capacity.slots)
      .field("running", capacity.running)
      .field("announced", capacity.announced)
      .end_object();
  return out.take();
}

}  // namespace

asio::awaitable<Reply> get_limits(Api& api, Request& request) {
  const auto limit = int_query(request, "limit", 1'000, 1, 1'000);
  if (!limit) co_return std::unexpected(limit.error());
  const auto after = cursor_query(request, "limits");
  if (!after) co_return std::unexpected(after.error());
  auto json = co_await offload(
      api.pool, [&] { return limits_json(api, *after, static_cast<std::size_t>(*limit)); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> put_limit(Api& api, Request& request) {
  const auto name = limit_param(request);
  if (!name) co_return std::unexpected(name.error());
  auto json = co_await offload(api.pool, [&]() -> Result<std::string> {
    TRY(const auto limit, wire::parse_limit(name->scope, name->name, request.body));
    return put(api, limit);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> delete_limit(Api& api, Request& request) {
  const auto name = limit_param(request);
  if (!name) co_return std::unexpected(name.error());
  auto removed = co_await offload(api.pool, [&]() -> Result<void> {
    TRY_DO(api.line.remove_limit(name->scope, name->name));
    api.gate.forget();
    return {};
  });
  if (!removed) co_return std::unexpected(std::move(removed).error());
  co_return Response{.status = 204, .content_type = ""};
}

asio::awaitable<Reply> post_limit_pause(Api& api, Request& request) {
  const auto name = limit_param(request);
  if (!name) co_return std::unexpected(name.error());
  auto json = co_await offload(api.pool, [&] { return pause(api, *name, request.body); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> post_limit_resume(Api& api, Request& request) {
  const auto name = limit_param(request);
  if (!name) co_return std::unexpected(name.error());
  auto json = co_await offload(api.pool, [&] { return resume(api, *name); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_workers(Api& api, Request&) {
  auto json = co_await offload(api.pool, [&] { return workers_json(api); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_explain(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(api.pool, [&] {
    return service::explain_job_json(api.store, api.line, request.caller, *id);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

}  // namespace trainyard::http
