#pragma once

#include "worker/forecast/fit_cache.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

namespace trainyard::forecast {

// Makes fits in the order given, several at a time, for the one thread that waits for each when it
// needs it. Destruction drops those that have not begun and waits for the others: what stops a fit
// stops it.
class FitsAhead {
 public:
  using Fit = std::packaged_task<Result<FitOutcome>()>;

  FitsAhead(std::vector<Fit> fits, int threads);
  ~FitsAhead() { next_ = fits_.size(); }

  // Waits for the fit of this number, and throws what it threw. Once per fit.
  Result<FitOutcome> take(std::size_t number) { return outcomes_[number].get(); }

 private:
  void work();

  std::vector<Fit> fits_;
  std::vector<std::future<Result<FitOutcome>>> outcomes_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::jthread> threads_;  // last: they use everything above
};

}  // namespace trainyard::forecast
