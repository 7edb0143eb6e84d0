#pragma once

#include <algorithm>
#include <chrono>

namespace trainyard::runtime {

// How long tasks took lately, and so how many of them fill a given stretch of time. Begins by
// expecting long tasks; many short ones in a row are what makes it feed ahead.
class TaskPace {
 public:
  void finished(int count, std::chrono::nanoseconds elapsed) {
    const double each = std::max(1.0, static_cast<double>(elapsed.count()) / count);
    if (!known_) mean_ = each;
    known_ = true;
    const double weight = std::min(0.5, 0.05 * count);
    mean_ += weight * (each - mean_);
  }

  // A task has been running this long and is not done.
  void still_running(std::chrono::nanoseconds elapsed) {
    mean_ = std::max(mean_, static_cast<double>(elapsed.count()));
  }

  int fitting(std::chrono::nanoseconds window, int most) const {
    const double count = static_cast<double>(window.count()) / mean_;
    return count >= most ? most : std::max(1, static_cast<int>(count));
  }

 private:
  double mean_ = 1e9;  // nanoseconds
  bool known_ = false;
};

}  // namespace trainyard::runtime
