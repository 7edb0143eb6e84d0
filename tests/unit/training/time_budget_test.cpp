#include "worker/training/time_budget.hpp"

#include <gtest/gtest.h>

namespace trainyard::training {
namespace {

constexpr double plenty = 1e6;

TEST(TimeBudget, IsUsedUpByWork) {
  const TimeBudget budget({}, 0.02);
  const auto token = budget.token();
  while (!token.stop_requested()) {
  }
  EXPECT_TRUE(token.stop_requested());
}

TEST(TimeBudget, EndsWithTheJob) {
  std::stop_source job;
  const TimeBudget budget(job.get_token(), plenty);
  EXPECT_FALSE(budget.token().stop_requested());
  job.request_stop();
  EXPECT_TRUE(budget.token().stop_requested());
}

TEST(TimeBudget, IsOverWithoutBeingUsedUp) {
  std::stop_token token;
  {
    const TimeBudget budget({}, plenty);
    token = budget.token();
  }
  EXPECT_FALSE(token.stop_requested());
}

}  // namespace
}  // namespace trainyard::training
