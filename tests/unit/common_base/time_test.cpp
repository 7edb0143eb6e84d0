#include "common/base/time.hpp"

#include <gtest/gtest.h>

namespace trainyard {
namespace {

TEST(Iso8601, SurvivesARoundTrip) {
  for (const auto* text :
       {"2026-01-20T15:30:00Z", "1969-12-31T23:59:59.000001Z", "2000-02-29T00:00:00.120000Z"}) {
    const auto time = from_iso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_iso8601(*time), text);
  }
}

TEST(Iso8601, TakesOffsetsAsUtc) {
  EXPECT_EQ(to_iso8601(*from_iso8601("2026-01-20T15:30:00+02:00")), "2026-01-20T13:30:00Z");
}

TEST(Iso8601, RefusesWhatIsNotATime) {
  for (const auto* text :
       {"", "2026-01-20", "2026-02-30T00:00:00Z", "2026-01-20T25:00:00Z", "2026-01-20T15:30:00",
        "2026-01-20T15:30:00Zx", "-026-01-20T15:30:00Z"}) {
    EXPECT_FALSE(from_iso8601(text)) << text;
  }
}

}  // namespace
}  // namespace trainyard
