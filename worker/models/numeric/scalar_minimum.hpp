#pragma once

#include <algorithm>
#include <stop_token>

namespace trainyard::models {

// Where `f`, which may have more than one minimum, is least in [low, high]: a grid of 16 cells
// finds the valley, golden sections its bottom to 1e-6. Of no use when stopped early.
template <class Function>
double scalar_minimum(double low, double high, const Function& f,
                      const std::stop_token& stop = {}) {
  constexpr int cells = 16;
  constexpr double golden = 0.6180339887498949;
  struct Point {
    double x;
    double value;
  };
  const auto at = [&](double x) { return Point{x, f(x)}; };
  const double width = (high - low) / cells;
  Point best = at(low);
  const auto keep = [&](const Point& point) {
    if (point.value < best.value) best = point;
  };
  for (int i = 1; i <= cells && !stop.stop_requested(); ++i)
    keep(at(low + i * width));

  double left_end = std::max(low, best.x - width);
  double right_end = std::min(high, best.x + width);
  if (stop.stop_requested()) return best.x;
  Point left = at(right_end - golden * (right_end - left_end));
  Point right = at(left_end + golden * (right_end - left_end));
  while (right_end - left_end > 1e-6 && !stop.stop_requested()) {
    if (left.value <= right.value) {
      right_end = right.x;
      right = left;
      left = at(right_end - golden * (right_end - left_end));
    } else {
      left_end = left.x;
      left = right;
      right = at(left_end + golden * (right_end - left_end));
    }
  }
  keep(left);
  keep(right);
  return best.x;
}

}  // namespace trainyard::models
