#include "api/service/identities.hpp"

#include <gtest/gtest.h>

namespace trainyard::service {
namespace {

using std::chrono::seconds;

class SetClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = *from_iso8601("2026-01-20T12:00:00Z");
};

class CountingIdentity final : public ports::Identity {
 public:
  explicit CountingIdentity(int& asked) : asked_(asked) {}
  Result<ports::Principal> identify(const Secret& token) override {
    ++asked_;
    if (token.reveal() == "bad") return fail(Errc::forbidden, "unknown");
    return ports::Principal{.user_id = token.reveal(), .valid_until = until};
  }
  std::optional<TimePoint> until;

 private:
  int& asked_;
};

class Remembering : public ::testing::Test {
 protected:
  SetClock clock_;
  int asked_ = 0;
  std::unique_ptr<CountingIdentity> owned_ = std::make_unique<CountingIdentity>(asked_);
  CountingIdentity& inner_ = *owned_;
  RememberingIdentity identity_{
      std::move(owned_), clock_, {.keep = seconds(10), .remembered_max = 3}};
};

TEST_F(Remembering, RecallsForAWhileWhomItIdentified) {
  EXPECT_EQ(identity_.recall(Secret("ada")), std::nullopt);
  ASSERT_TRUE(identity_.identify(Secret("ada")));
  EXPECT_EQ(identity_.recall(Secret("ada"))->user_id, "ada");
  EXPECT_EQ(identity_.recall(Secret("bob")), std::nullopt);
  clock_.time += seconds(10);
  EXPECT_EQ(identity_.recall(Secret("ada")), std::nullopt);
  EXPECT_EQ(asked_, 1);
}

TEST_F(Remembering, RecallsNobodyPastTheEndOfTheirCredential) {
  inner_.until = clock_.time + seconds(3);
  ASSERT_TRUE(identity_.identify(Secret("ada")));
  clock_.time += seconds(2);
  EXPECT_NE(identity_.recall(Secret("ada")), std::nullopt);
  clock_.time += seconds(1);
  EXPECT_EQ(identity_.recall(Secret("ada")), std::nullopt);
}

TEST_F(Remembering, RemembersNoRefusalAndNoMoreThanItsLimit) {
  EXPECT_FALSE(identity_.identify(Secret("bad")));
  EXPECT_EQ(identity_.recall(Secret("bad")), std::nullopt);
  for (const auto* user : {"a", "b", "c", "d"})
    ASSERT_TRUE(identity_.identify(Secret(user)));
  EXPECT_EQ(identity_.recall(Secret("a")), std::nullopt);
  EXPECT_NE(identity_.recall(Secret("d")), std::nullopt);
}

TEST_F(Remembering, ForgetsEverybodyWhenSomethingWasRevoked) {
  ASSERT_TRUE(identity_.identify(Secret("ada")));
  identity_.forget();
  EXPECT_EQ(identity_.recall(Secret("ada")), std::nullopt);
}

}  // namespace
}  // namespace trainyard::service
