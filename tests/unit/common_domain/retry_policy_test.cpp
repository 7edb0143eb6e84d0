#include "common/domain/retry_policy.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

using std::chrono::seconds;

TEST(RetryPolicy, DoublesTheDelay) {
  const RetryPolicy policy;
  EXPECT_EQ(retry_delay(policy, Category::transient, 0, 0.5), seconds(30));
  EXPECT_EQ(retry_delay(policy, Category::transient, 1, 0.5), seconds(60));
  EXPECT_EQ(retry_delay(policy, Category::transient, 2, 0.5), seconds(120));
  EXPECT_FALSE(retry_delay(policy, Category::transient, 3, 0.5));
}

TEST(RetryPolicy, MovesTheDelayByAFifthAtMost) {
  const RetryPolicy policy;
  EXPECT_EQ(retry_delay(policy, Category::transient, 0, 0.0), seconds(24));
  EXPECT_LT(*retry_delay(policy, Category::transient, 0, 0.999), seconds(36));
}

TEST(RetryPolicy, ObeysTheServersOwnWish) {
  EXPECT_EQ(retry_delay({}, Category::transient, 0, 0.5, seconds(7)), seconds(7));
  EXPECT_FALSE(retry_delay({}, Category::transient, 3, 0.5, seconds(7)));
}

TEST(RetryPolicy, RetriesACrashedChildOnce) {
  EXPECT_TRUE(retry_delay({}, Category::cluster, 0, 0.5));
  EXPECT_FALSE(retry_delay({}, Category::cluster, 1, 0.5));
}

TEST(RetryPolicy, DoesNotRetryWhatARetryWouldNotMend) {
  for (const auto category : {Category::data, Category::config, Category::permanent}) {
    EXPECT_FALSE(retry_delay({}, category, 0, 0.5)) << to_string(category);
  }
}

}  // namespace
}  // namespace trainyard::domain
