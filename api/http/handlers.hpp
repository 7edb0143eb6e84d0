#pragma once

#include "api/http/api.hpp"

// One function per endpoint; the table that names their paths is api_routes.cpp.

namespace trainyard::http {

asio::awaitable<Reply> post_job(Api& api, Request& request);
asio::awaitable<Reply> post_jobs_bulk(Api& api, Request& request);
asio::awaitable<Reply> get_jobs(Api& api, Request& request);
asio::awaitable<Reply> get_job(Api& api, Request& request);
asio::awaitable<Reply> delete_job(Api& api, Request& request);
asio::awaitable<Reply> post_submit(Api& api, Request& request);
asio::awaitable<Reply> post_cancel(Api& api, Request& request);
asio::awaitable<Reply> post_redrive(Api& api, Request& request);
asio::awaitable<Reply> post_jobs_redrive(Api& api, Request& request);
asio::awaitable<Reply> post_jobs_cancel(Api& api, Request& request);
asio::awaitable<Reply> post_jobs_delete(Api& api, Request& request);
asio::awaitable<Reply> get_results(Api& api, Request& request);
asio::awaitable<Reply> get_history(Api& api, Request& request);
asio::awaitable<Reply> get_logs(Api& api, Request& request);
asio::awaitable<Reply> get_explain(Api& api, Request& request);

asio::awaitable<Reply> get_limits(Api& api, Request& request);
asio::awaitable<Reply> put_limit(Api& api, Request& request);
asio::awaitable<Reply> delete_limit(Api& api, Request& request);
asio::awaitable<Reply> post_limit_pause(Api& api, Request& request);
asio::awaitable<Reply> post_limit_resume(Api& api, Request& request);
asio::awaitable<Reply> get_workers(Api& api, Request& request);

asio::awaitable<Reply> post_batch(Api& api, Request& request);
asio::awaitable<Reply> get_batches(Api& api, Request& request);
asio::awaitable<Reply> get_batch(Api& api, Request& request);
asio::awaitable<Reply> post_batch_cancel(Api& api, Request& request);
asio::awaitable<Reply> post_batch_retry(Api& api, Request& request);
asio::awaitable<Reply> get_batch_results(Api& api, Request& request);

asio::awaitable<Reply> get_session(Api& api, Request& request);
asio::awaitable<Reply> post_session(Api& api, Request& request);
asio::awaitable<Reply> delete_session(Api& api, Request& request);
asio::awaitable<Reply> post_key(Api& api, Request& request);
asio::awaitable<Reply> get_keys(Api& api, Request& request);
asio::awaitable<Reply> delete_key(Api& api, Request& request);
asio::awaitable<Reply> get_audit(Api& api, Request& request);

// Live news as server-sent events.
asio::awaitable<Reply> get_stream(Api& api, Request& request);

asio::awaitable<Reply> post_upload(Api& api, Request& request);
asio::awaitable<Reply> get_openapi(Api& api, Request& request);
asio::awaitable<Reply> get_health(Api& api, Request& request);
asio::awaitable<Reply> get_page(Api& api, Request& request);

// The id in the path; 400 naming it when it is not a UUID.
template <class IdType>
std::expected<IdType, Failure> id_param(const Request& request, std::string_view name) {
  if (auto id = IdType::parse(request.params.front())) return *id;
  return bad_request(std::string(name), "'" + request.params.front() + "' is not a UUID",
                     "ids look like 01920000-0000-7000-8000-000000000000");
}

// A whole number within bounds from the query, or `fallback` when it is not given; else 400.
std::expected<std::int64_t, Failure> int_query(const Request& request, std::string_view name,
                                               std::int64_t fallback, std::int64_t low,
                                               std::int64_t high);

}  // namespace trainyard::http
