#include "common/base/uuid.hpp"

#include <gtest/gtest.h>

#include <set>

namespace trainyard {
namespace {

TEST(Uuid, SurvivesARoundTripInEitherCase) {
  const auto id = Uuid::parse("0189F7E0-7c5c-7e1e-8f3b-0123456789ab");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->to_string(), "0189f7e0-7c5c-7e1e-8f3b-0123456789ab");
}

TEST(Uuid, RefusesEverythingElse) {
  for (const auto* text :
       {"", "0189f7e07c5c7e1e8f3b0123456789ab", "0189f7e0-7c5c-7e1e-8f3b-0123456789a",
        "0189f7e0-7c5c-7e1e-8f3b-0123456789ag", "{189f7e0-7c5c-7e1e-8f3b-0123456789ab"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, MakesDistinctVersionSevenIdsInTheOrderTheyAreMade) {
  std::set<Uuid> seen;
  std::string previous;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = Uuid::make_v7();
    EXPECT_TRUE(seen.insert(id).second);
    const auto text = id.to_string();
    EXPECT_EQ(text[14], '7');
    EXPECT_GT(text, previous);
    previous = text;
  }
}

}  // namespace
}  // namespace trainyard
