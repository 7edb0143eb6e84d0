#include "api/http/await.hpp"
#include "api/http/handlers.hpp"
#include "api/service/own_job.hpp"
#include "common/wire/job_log_json.hpp"

#include <limits>

namespace trainyard::http {
namespace {

constexpr int lines_default = 1'000;
constexpr int lines_max = 5'000;

std::expected<ports::LogQuery, Failure> log_query(const Request& request) {
  ports::LogQuery query;
  TRY(query.after, int_query(request, "after", 0, 0, std::numeric_limits<std::int64_t>::max()));
  TRY(const auto limit, int_query(request, "limit", lines_default, 1, lines_max));
  query.limit = static_cast<int>(limit);
  if (request.find_query("attempt") != nullptr) {
    TRY(const auto attempt, int_query(request, "attempt", 1, 1, 1'000'000));
    query.attempt = static_cast<int>(attempt);
  }
  return query;
}

std::string as_json(JobId job, const ports::LogPage& page, std::int64_t after) {
  wire::JsonWriter out;
  out.begin_object().field("job_id", job.to_string()).key("lines").begin_array();
  for (const auto& line : page.lines)
    wire::write_log_line(out, line);
  out.end_array()
      .field("next", page.lines.empty() ? after : page.lines.back().seq)
      .field("has_more", page.has_more)
      .end_object();
  return out.take();
}

std::string as_text(const ports::LogPage& page) {
  std::string text;
  for (const auto& line : page.lines)
    text += wire::log_text(line) + '\n';
  return text;
}

Result<ports::LogPage> read(const Api& api, const Request& request, JobId job,
                            const ports::LogQuery& query) {
  TRY_DO(service::own_job(api.store, request.caller, job));
  return api.job_log.read(job, query);
}

}  // namespace

asio::awaitable<Reply> get_logs(Api& api, Request& request) {
  const auto id = id_param<JobId>(request, "job_id");
  if (!id) co_return std::unexpected(id.error());
  const auto query = log_query(request);
  if (!query) co_return std::unexpected(query.error());
  auto page = co_await offload(api.pool, [&] { return read(api, request, *id, *query); });
  if (!page) co_return std::unexpected(std::move(page).error());
  if (request.accept.starts_with("text/plain")) {
    co_return Response{.content_type = "text/plain; charset=utf-8", .body = as_text(*page)};
  }
  co_return Response{.body = as_json(*id, *page, query->after)};
}

}  // namespace trainyard::http
