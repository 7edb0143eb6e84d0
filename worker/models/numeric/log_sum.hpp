#pragma once

#include <cmath>

namespace trainyard::models {

// Σ log of many positive factors with few logarithms.
class LogSum {
 public:
  void add(double factor) {
    product_ *= factor;
    if (product_ < 1e-100 || product_ > 1e100) flush();
  }
  double total() {
    flush();
    return sum_;
  }

 private:
  void flush() {
    sum_ += std::log(product_);
    product_ = 1.0;
  }
  double product_ = 1.0;
  double sum_ = 0.0;
};

}  // namespace trainyard::models
