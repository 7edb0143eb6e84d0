#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"
#include "api/service/change_batch.hpp"
#include "api/service/create_batch.hpp"
#include "api/service/read_batch.hpp"
#include "common/wire/batch_json.hpp"
#include "common/wire/json_writer.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

Result<Response> create(const Api& api, const Request& request) {
  TRY(const auto parsed, wire::parse_batch_request(request.body));
  TRY(const auto made,
      service::create_batch(api.store, api.gate, api.intake, request.caller, parsed));
  const auto id = made.batch.id.to_string();
  wire::JsonWriter out;
  out.begin_object()
      .field("batch_id", id)
      .field("status", "running")
      .field("total_jobs", made.jobs.size())
      .field("created_at", made.batch.created_at)
      .key("jobs")
      .begin_array();
  for (std::size_t i = 0; i < made.jobs.size(); ++i) {
    out.begin_object()
        .field("job_id", made.jobs[i].to_string())
        .text_or_null("segment_id", made.segments[i / parsed.models.size()])
        .field("model", parsed.models[i % parsed.models.size()])
        .end_object();
  }
  out.end_array().end_object();
  return Response{
      .status = 201, .body = out.take(), .headers = {{"Location", "/api/v2/batches/" + id}}};
}

std::expected<service::SegmentPage, Failure> segment_page(const Request& request) {
  TRY(const auto limit, int_query(request, "limit", 1'000, 1, 10'000));
  TRY(const auto offset, int_query(request, "offset", 0, 0, 1'000'000));
  return service::SegmentPage{.offset = static_cast<std::size_t>(offset),
                              .limit = static_cast<std::size_t>(limit)};
}

std::expected<ports::BatchFilter, Failure> batch_filter(const Request& request) {
  ports::BatchFilter filter;
  for (const auto& [name, value] : request.query) {
    if (name == "status") {
      filter.status = domain::batch_status_from(value);
      if (!filter.status) {
        return bad_request(name, fmt::format("'{}' is not a batch status", value),
                           "running, completed, partial, failed or cancelled");
      }
    } else if (name == "before") {
      filter.before = BatchId::parse(value);
      if (!filter.before) return bad_request(name, fmt::format("'{}' is not a batch id", value));
    } else if (name == "user") {
      filter.user_id = value;
    } else if (name != "limit" && name != "cursor") {
      return bad_request(name, fmt::format("unknown parameter '{}'", name),
                         "known: limit, cursor, before, status, user");
    }
  }
  TRY(const auto limit, int_query(request, "limit", filter.limit, 1, 1'000));
  filter.limit = static_cast<int>(limit);
  TRY(const auto last, cursor_id_query<BatchId>(request, "batches"));
  if (last) filter.before = last;
  return filter;
}

std::string change_json(BatchId id, std::string_view what, const service::BatchChange& change,
                        const domain::BatchCounts& counts) {
  wire::JsonWriter out;
  out.begin_object()
      .field("batch_id", id.to_string())
      .field(what, change.changed)
      .field("untouched", change.untouched);
  wire::write_batch_counts(out, counts);
  out.end_object();
  return out.take();
}

}  // namespace

asio::awaitable<Reply> post_batch(Api& api, Request& request) {
  auto made = co_await offload(api.pool, [&] { return create(api, request); });
  if (!made) co_return std::unexpected(std::move(made).error());
  co_return *std::move(made);
}

asio::awaitable<Reply> get_batches(Api& api, Request& request) {
  const auto filter = batch_filter(request);
  if (!filter) co_return std::unexpected(filter.error());
  auto json = co_await offload(
      api.pool, [&] { return service::batch_list_json(api.store, request.caller, *filter); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_batch(Api& api, Request& request) {
  const auto id = id_param<BatchId>(request, "batch_id");
  if (!id) co_return std::unexpected(id.error());
  const auto page = segment_page(request);
  if (!page) co_return std::unexpected(page.error());
  auto view = co_await offload(api.pool, [&] {
    return service::batch_view(api.store, request.caller, *id, *page, api.clock.now());
  });
  if (!view) co_return std::unexpected(std::move(view).error());
  co_return Response{.body = std::move(view->json)};
}

asio::awaitable<Reply> post_batch_cancel(Api& api, Request& request) {
  const auto id = id_param<BatchId>(request, "batch_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(api.pool, [&]() -> Result<std::string> {
    TRY(const auto change, service::cancel_batch(api.store, api.control, request.caller, *id));
    TRY(const auto counts, api.store.count_batch(*id));
    return change_json(*id, "cancel_requested", change, counts);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> post_batch_retry(Api& api, Request& request) {
  const auto id = id_param<BatchId>(request, "batch_id");
  if (!id) co_return std::unexpected(id.error());
  auto json = co_await offload(api.pool, [&]() -> Result<std::string> {
    TRY(const auto change, service::retry_failed(api.store, request.caller, *id));
    TRY(const auto counts, api.store.count_batch(*id));
    return change_json(*id, "retried", change, counts);
  });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

asio::awaitable<Reply> get_batch_results(Api& api, Request& request) {
  const auto id = id_param<BatchId>(request, "batch_id");
  if (!id) co_return std::unexpected(id.error());
  const auto page = segment_page(request);
  if (!page) co_return std::unexpected(page.error());
  auto json = co_await offload(
      api.pool, [&] { return service::batch_results_json(api.store, request.caller, *id, *page); });
  if (!json) co_return std::unexpected(std::move(json).error());
  co_return Response{.body = *std::move(json)};
}

}  // namespace trainyard::http
