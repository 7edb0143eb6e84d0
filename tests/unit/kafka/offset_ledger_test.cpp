#include "common/adapters/kafka/offset_ledger.hpp"

#include <gtest/gtest.h>

namespace trainyard::kafka {
namespace {

OffsetLedger received(std::initializer_list<std::int64_t> offsets) {
  OffsetLedger ledger;
  for (const auto offset : offsets)
    ledger.received(offset);
  return ledger;
}

TEST(OffsetLedger, HasNothingToCommitBeforeAnythingIsDone) {
  auto ledger = received({5, 6});
  EXPECT_FALSE(ledger.has_committable());
  EXPECT_EQ(ledger.take_committable(), std::nullopt);
}

TEST(OffsetLedger, CommitsOnlyTheGapFreeFront) {
  auto ledger = received({5, 6, 7, 8});
  ledger.done(7);
  ledger.done(6);
  EXPECT_EQ(ledger.take_committable(), std::nullopt);
  ledger.done(5);
  EXPECT_EQ(ledger.take_committable(), 8);
  ledger.done(8);
  EXPECT_EQ(ledger.take_committable(), 9);
}

TEST(OffsetLedger, TakesHolesOfTheLogForDone) {
  auto ledger = received({5, 9});
  ledger.done(5);
  EXPECT_EQ(ledger.take_committable(), 6);
  ledger.done(9);
  EXPECT_EQ(ledger.take_committable(), 10);
}

TEST(OffsetLedger, OffersEachFrontOnce) {
  auto ledger = received({5});
  ledger.done(5);
  EXPECT_TRUE(ledger.has_committable());
  EXPECT_EQ(ledger.take_committable(), 6);
  EXPECT_FALSE(ledger.has_committable());
  ledger.not_committed();
  EXPECT_EQ(ledger.take_committable(), 6);
}

TEST(OffsetLedger, IgnoresWhatItNeverReceived) {
  auto ledger = received({5, 6});
  ledger.done(4);
  ledger.done(99);
  ledger.done(6);
  ledger.done(6);
  EXPECT_FALSE(ledger.has_committable());
}

TEST(OffsetLedger, StartsOverWhenThePartitionGoesBack) {
  auto ledger = received({5, 6, 7});
  ledger.received(5);
  ledger.done(7);
  EXPECT_FALSE(ledger.has_committable());
  ledger.done(5);
  EXPECT_EQ(ledger.take_committable(), 6);
}

}  // namespace
}  // namespace trainyard::kafka
