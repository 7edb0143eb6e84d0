#include "tests/support/robustness/cpu_limit.hpp"

#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <pthread.h>

namespace trainyard::robustness {
namespace {

double seconds_on(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

double cpu_seconds() {
  return seconds_on(CLOCK_THREAD_CPUTIME_ID);
}

CpuLimit::CpuLimit(double seconds) {
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  watcher_ = std::jthread(
      [this, clock, end = seconds_on(clock) + seconds](const std::stop_token& is_over) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any woken;
        const auto never = [] { return false; };
        while (!is_over.stop_requested() && seconds_on(clock) < end)
          woken.wait_for(lock, is_over, std::chrono::milliseconds(100), never);
        if (!is_over.stop_requested()) limit_.request_stop();
      });
}

}  // namespace trainyard::robustness
