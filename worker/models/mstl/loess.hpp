#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

// Locally weighted regression on values one apart, with tricube weights of the `window` nearest
// (Cleveland, Cleveland, McRae & Terpenning, STL, 1990, section 2). A fit is linear in the values
// and its weights depend on the place in the window alone, so they are worked out once per place.
// Not thread-safe.
class Loess {
 public:
  // `window` is odd, and may be longer than the series; `degree` is 0 or 1. `length` is at least 1.
  struct Options {
    std::size_t length;
    std::size_t window;
    int degree = 1;
  };
  explicit Loess(const Options& options);

  // The fit at a position from 0, before the first of `length` values, to length + 1, after the
  // last; value i is y[(i − 1)·stride].
  double at(const double* y, std::size_t position, std::size_t stride = 1);

  // The fit at every value. Between positions window/50 apart it is interpolated, which long
  // windows do not show. Of no use when stopped early.
  void smooth(std::span<const double> y, std::span<double> smoothed,
              const std::stop_token& stop = {});

 private:
  const std::vector<double>& weights_at(std::size_t place);

  Options options_;
  std::size_t width_;                         // values in the window: no more than there are
  std::vector<std::vector<double>> weights_;  // by place in the window, 0 to width + 1
};

}  // namespace trainyard::models
