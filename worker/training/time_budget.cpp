#include "worker/training/time_budget.hpp"

#include <chrono>
#include <ctime>

namespace trainyard::training {
namespace {

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

TimeBudget::TimeBudget(std::stop_token job, double budget)
    : on_job_(std::move(job), Forward{source_}),
      timer_([this, until = cpu_seconds() + budget](const std::stop_token& over) {
        watch(over, until);
      }) {}

// One core uses no more CPU time than passes; several may, so it looks again in between.
void TimeBudget::watch(const std::stop_token& over, double until) {
  constexpr double look_every = 1;
  std::unique_lock lock(mutex_);
  while (!over.stop_requested()) {
    const double left = until - cpu_seconds();
    if (left <= 0) {
      source_.request_stop();
      return;
    }
    const std::chrono::duration<double> patience(std::min(left, look_every));
    over_.wait_for(lock, over, patience, [] { return false; });
  }
}

}  // namespace trainyard::training
