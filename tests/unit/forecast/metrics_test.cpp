#include "worker/forecast/metrics.hpp"

#include <gtest/gtest.h>

namespace trainyard::forecast {
namespace {

TEST(Metrics, CountAValueOnABoundAsCoveredThoughSumsLoseDigits) {
  const std::vector<double> actual{0.3, -0.3, 0.3001};
  const double sum = 0.1 + 0.2;  // above 0.3
  ScoreSum scores;
  scores.add(actual,
             {.mean = {sum, -sum, sum},
              .intervals = {{.level = 95, .lower = {sum, -sum, sum}, .upper = {sum, -sum, sum}}}},
             1.0);
  EXPECT_DOUBLE_EQ(*scores.scores().coverage, 200.0 / 3.0);
}

}  // namespace
}  // namespace trainyard::forecast
