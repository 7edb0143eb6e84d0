#pragma once

#include "api/http/offload_pool.hpp"
#include "api/service/caller.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

// The two ways from a coroutine into the blocking world, and back onto the coroutine's executor.

namespace trainyard::http {

namespace asio = boost::asio;

// start(done) begins something that calls done(Result<T>) once, on any thread.
template <class T, class Start>
asio::awaitable<Result<T>> await_done(Start start) {
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&start, &executor](auto handler) {
    // The guard keeps the executor's context running until the answer is back.
    start(
        service::Done<T>([handler = std::move(handler),
                          work = asio::prefer(executor, asio::execution::outstanding_work.tracked)](
                             Result<T> answer) mutable {
          asio::post(work, [handler = std::move(handler), answer = std::move(answer)]() mutable {
            std::move(handler)(std::move(answer));
          });
        }));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
      std::move(initiate), asio::use_awaitable);
}

// As await_done, with start(done) running on the pool: for what blocks before it answers.
template <class T, class Start>
asio::awaitable<Result<T>> offload_done(OffloadPool& pool, Start start) {
  co_return co_await await_done<T>([&pool, &start](service::Done<T> done) {
    auto shared = std::make_shared<service::Done<T>>(std::move(done));
    std::move_only_function<void()> work = [shared, start = std::move(start)]() mutable {
      start(std::move(*shared));
    };
    if (!pool.try_post(work)) {
      (*shared)(fail(Error{.code = Errc::exhausted,
                           .detail = "too many requests are waiting for the database",
                           .hint = "try again in a second"}));
    }
  });
}

// Runs call() -> Result<T> on the pool.
template <class Call, class Answer = std::invoke_result_t<Call&>>
asio::awaitable<Answer> offload(OffloadPool& pool, Call call) {
  using T = typename Answer::value_type;
  co_return co_await offload_done<T>(
      pool, [call = std::move(call)](service::Done<T> done) mutable { done(call()); });
}

}  // namespace trainyard::http
