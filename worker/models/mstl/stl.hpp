#pragma once

#include <span>
#include <stop_token>
#include <vector>

// Seasonal and trend decomposition by loess (Cleveland, Cleveland, McRae & Terpenning, STL, 1990),
// without its robustness weights, and of several seasons (Bandara, Hyndman & Bergmeir, MSTL, 2021).

namespace trainyard::models {

struct StlTask {
  std::span<const double> y;  // at least two seasons
  std::size_t season = 2;
  std::size_t seasonal_window = 11;  // odd
  std::stop_token stop = {};
};

struct StlParts {
  std::vector<double> trend;
  std::vector<double> season;
};

// Five passes of the inner loop; the season moves by local means (degree 0), the windows of trend
// and low pass are those that the paper advises. Of no use when stopped early.
StlParts stl(const StlTask& task);

struct MstlTask {
  std::span<const double> y;
  std::vector<std::size_t> seasons;  // ascending, each at least twice in y
  std::stop_token stop = {};
};

struct MstlParts {
  std::vector<double> trend;  // without seasons: the series
  std::vector<std::vector<double>> seasons;
};

// One season at a time out of what the others leave, twice over when there are several. Seasonal
// windows are 11, 15, 19, … Of no use when stopped early.
MstlParts mstl(const MstlTask& task);

}  // namespace trainyard::models
