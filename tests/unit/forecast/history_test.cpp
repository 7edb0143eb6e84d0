#include "worker/forecast/history.hpp"

#include "tests/unit/forecast/series_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace trainyard::forecast {
namespace {

using domain::Period;
using testing::ElementsAre;

PreparedSeries counting(Period period, std::size_t length) {
  std::vector<double> values(length);
  std::iota(values.begin(), values.end(), 1.0);
  return *prepare(regular_rows(day(2020, 1, 1), {period, 1}, values), {});
}

TEST(RecentHistory, EndsWithTheLastValueOfTheSeries) {
  const auto history = recent_history(counting(Period::month, 100), 12);
  ASSERT_EQ(history.values.size(), 60U);
  ASSERT_EQ(history.dates.size(), 60U);
  EXPECT_EQ(history.values.front(), 41);
  EXPECT_EQ(history.dates.front(), day(2023, 5, 1));
  EXPECT_EQ(history.values.back(), 100);
  EXPECT_EQ(history.dates.back(), day(2028, 4, 1));
}

TEST(RecentHistory, GrowsWithSeasonAndHorizonUpToABound) {
  EXPECT_EQ(recent_history(counting(Period::hour, 1000), 1).values.size(), 96U) << "four days";
  EXPECT_EQ(recent_history(counting(Period::month, 1000), 50).values.size(), 150U);
  EXPECT_EQ(recent_history(counting(Period::month, 1000), 10'000).values.size(), 400U);
  EXPECT_EQ(recent_history(counting(Period::month, 7), 10'000).values.size(), 7U);
}

TEST(RecentHistory, HasGapsFilledAsTheModelsSawThem) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const auto series =
      *prepare(regular_rows(day(2020, 1, 1), {Period::month, 1}, {1, missing, 3}), {});
  EXPECT_THAT(recent_history(series, 1).values, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace trainyard::forecast
