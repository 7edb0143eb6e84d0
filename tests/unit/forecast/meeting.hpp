#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace trainyard::forecast {

// Of threads that each wait until as many are there as are expected.
class Meeting {
 public:
  explicit Meeting(int expected) : expected_(expected) {}

  // Whether they all came.
  bool wait() {
    std::unique_lock lock(mutex_);
    ++here_;
    changed_.notify_all();
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return here_ >= expected_; });
  }

 private:
  int expected_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int here_ = 0;
};

}  // namespace trainyard::forecast
