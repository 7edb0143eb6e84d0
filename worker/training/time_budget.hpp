#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace trainyard::training {

// Requests a stop when this process has used so many CPU seconds since it was made, or when the
// job's own stop is requested. CPU time, because what a forecast is made of should not depend on
// who else uses the machine. `job` must not be requested while it is destroyed on the same thread.
class TimeBudget {
 public:
  TimeBudget(std::stop_token job, double cpu_seconds);

  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Forward {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };

  void watch(const std::stop_token& over, double until);

  std::stop_source source_;
  std::stop_callback<Forward> on_job_;
  std::mutex mutex_;
  std::condition_variable_any over_;
  std::jthread timer_;
};

}  // namespace trainyard::training
