#include "api/http/await_job.hpp"

#include "api/http/await.hpp"
#include "api/service/own_job.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// News can get lost with a bus that is away; the record cannot.
constexpr milliseconds look_again{10'000};

Failure goes_on(Errc code, std::string why, JobId id) {
  Failure failure(Error{.code = code,
                        .detail = std::move(why),
                        .hint = fmt::format("the job goes on: ask /api/v2/jobs/{0}, then "
                                            "/api/v2/jobs/{0}/results; or send the request again "
                                            "under its Idempotency-Key to wait on",
                                            id.to_string())});
  failure.job_id = id.to_string();
  return failure;
}

Failure about(Error error, JobId id) {
  Failure failure(std::move(error));
  failure.job_id = id.to_string();
  return failure;
}

// Until something happened to the job, or so much time passed. False when nothing will be told.
asio::awaitable<bool> await_news(LiveStream& news, steady_clock::time_point until) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    const auto message = co_await news.next(std::max(left, milliseconds(0)));
    if (!message) co_return !news.has_ended();
    if (!message->is_progress) co_return true;
  }
}

}  // namespace

asio::awaitable<std::expected<domain::Job, Failure>> await_end(Api& api,
                                                               const service::Caller& caller,
                                                               JobId id) {
  const auto end = steady_clock::now() + api.train_wait;
  if (api.live == nullptr) {
    co_return std::unexpected(goes_on(Errc::unavailable, "this server has no live news", id));
  }
  auto news = co_await api.live->follow(caller, "job:" + id.to_string(), {});
  if (!news) co_return std::unexpected(goes_on(news.error().code, news.error().detail, id));
  while (true) {
    auto job = co_await offload(api.pool, [&] { return service::own_job(api.store, caller, id); });
    if (!job) co_return std::unexpected(about(std::move(job).error(), id));
    if (domain::is_terminal(job->status)) co_return *std::move(job);
    if (steady_clock::now() >= end) {
      co_return std::unexpected(
          goes_on(Errc::deadline,
                  fmt::format("job {} is {} after {} s, which is how long a request waits",
                              id.to_string(), to_string(job->status), api.train_wait.count()),
                  id));
    }
    if (!co_await await_news(**news, std::min(end, steady_clock::now() + look_again))) {
      co_return std::unexpected(goes_on(Errc::unavailable, "the server is stopping", id));
    }
  }
}

}  // namespace trainyard::http
