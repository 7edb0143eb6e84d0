#pragma once

#include "common/base/error.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace trainyard::runtime {

// Turns many single requests into sets: while one set is being flushed, the next one gathers, so
// concurrent callers share a transaction (group commit). After a set of several, the next waits for
// as many again, `linger` at most: callers that were answered together come back together. A lone
// request after lone requests waits for nothing.
//
//   flush(span<Request>) -> vector<Result<Answer>>, one per request, in order
//
// submit() is thread-safe and never blocks: a full queue answers `exhausted` at once. Callbacks run
// on the flushing thread, so they must be short. Destruction flushes what is queued.
template <class Request, class Answer>
class Coalescer {
 public:
  using Callback = std::move_only_function<void(Result<Answer>)>;
  using Flush = std::function<std::vector<Result<Answer>>(std::span<Request>)>;

  struct Options {
    std::size_t set_max = 1'000;
    std::size_t queued_max = 20'000;
    std::chrono::microseconds linger{2'000};
  };

  Coalescer(Flush flush, Options options)
      : flush_(std::move(flush)), options_(options), thread_([this] { run(); }) {}

  ~Coalescer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void submit(Request request, Callback callback) {
    {
      const std::lock_guard lock(mutex_);
      if (requests_.size() < options_.queued_max && !stopping_) {
        requests_.push_back(std::move(request));
        callbacks_.push_back(std::move(callback));
        if (requests_.size() == 1 || requests_.size() == expected_) wake_.notify_one();
        return;
      }
    }
    callback(fail(Errc::exhausted, "too many requests are waiting for the database"));
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !requests_.empty(); });
      if (requests_.empty()) return;
      wake_.wait_until(lock, flushed_at_ + options_.linger,
                       [this] { return stopping_ || requests_.size() >= expected_; });
      auto [requests, callbacks] = take_set();
      expected_ = requests.size();
      lock.unlock();
      auto answers = flush_(requests);
      for (std::size_t i = 0; i < callbacks.size(); ++i)
        callbacks[i](std::move(answers[i]));
      lock.lock();
      flushed_at_ = std::chrono::steady_clock::now();
    }
  }

  std::pair<std::vector<Request>, std::vector<Callback>> take_set() {
    std::pair<std::vector<Request>, std::vector<Callback>> set;
    if (requests_.size() <= options_.set_max) {
      set.first.swap(requests_);
      set.second.swap(callbacks_);
      return set;
    }
    const auto count = static_cast<std::ptrdiff_t>(options_.set_max);
    set.first.assign(std::make_move_iterator(requests_.begin()),
                     std::make_move_iterator(requests_.begin() + count));
    set.second.assign(std::make_move_iterator(callbacks_.begin()),
                      std::make_move_iterator(callbacks_.begin() + count));
    requests_.erase(requests_.begin(), requests_.begin() + count);
    callbacks_.erase(callbacks_.begin(), callbacks_.begin() + count);
    return set;
  }

  Flush flush_;
  Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Request> requests_;
  std::vector<Callback> callbacks_;
  std::size_t expected_ = 1;  // the size of the last set
  std::chrono::steady_clock::time_point flushed_at_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trainyard::runtime
