#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace trainyard::http {

// Threads for calls that block (a store's, a file's), with a bounded queue in front: as many
// threads as there are connections to the store, so that waiting happens here, where it can be
// refused, and not there. Thread-safe. Destruction runs what is queued.
class OffloadPool {
 public:
  struct Options {
    std::size_t threads = 8;
    std::size_t queued_max = 2'000;
  };

  explicit OffloadPool(Options options);
  ~OffloadPool();

  // False, and `work` is left as it was, when the queue is full.
  bool try_post(std::move_only_function<void()>& work);

 private:
  void run();

  const std::size_t queued_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace trainyard::http
