#include "common/adapters/jwt/jwt_identity.hpp"

#include "tests/unit/jwt/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace trainyard::jwt {
namespace {

using std::chrono::seconds;

class SetClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = *from_iso8601("2026-01-20T12:30:00Z");
};

std::string key_set() {
  std::string text = golden::key_set;
  std::ranges::replace(text, '\'', '"');
  return text;
}

class JwtTest : public ::testing::Test {
 protected:
  JwtIdentity identity(milliseconds refetch_min = milliseconds(0)) {
    return JwtIdentity({}, {.issuer = "https://issuer.example", .audience = "trainyard"},
                       {.fetch =
                            [this] {
                              ++fetched_;
                              return published_;
                            },
                        .refetch_min = refetch_min},
                       clock_);
  }

  SetClock clock_;
  int fetched_ = 0;
  Result<std::string> published_ = key_set();
};

TEST_F(JwtTest, TakesTokensOfEveryKindOfKey) {
  auto jwt = identity();
  for (const auto* token : {golden::rs256_token, golden::es256_token, golden::eddsa_token}) {
    const auto who = jwt.identify(Secret(token));
    ASSERT_TRUE(who) << describe(who.error());
    EXPECT_EQ(who->user_id, "ada");
    EXPECT_EQ(who->role, domain::Role::admin);
    EXPECT_EQ(who->valid_until, from_iso8601("2026-01-20T13:01:00Z").value());
  }
  EXPECT_EQ(fetched_, 1);
}

TEST_F(JwtTest, TakesThemOnlyInTheirTimeAndAMinuteAround) {
  auto jwt = identity();
  const auto is_taken = [&](const char* at) {
    clock_.time = *from_iso8601(at);
    return jwt.identify(Secret(golden::es256_token)).has_value();
  };
  EXPECT_FALSE(is_taken("2026-01-20T11:58:59Z"));
  EXPECT_TRUE(is_taken("2026-01-20T11:59:01Z"));
  EXPECT_TRUE(is_taken("2026-01-20T13:00:59Z"));
  EXPECT_FALSE(is_taken("2026-01-20T13:01:00Z"));
}

// Whatever one character becomes, the token is refused. In the last one of a signature some bits
// stand for nothing; those must be zero, so that there is one way to write a token.
TEST_F(JwtTest, RefusesATokenWithAnyCharacterChanged) {
  auto jwt = identity(std::chrono::hours(1));
  ASSERT_TRUE(jwt.identify(Secret(golden::es256_token)));
  const std::string good = golden::es256_token;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char other : {'A', 'B', '.', '=', '\0', '\x80'}) {
      auto bad = good;
      bad[i] = other;
      if (bad == good) continue;
      ASSERT_FALSE(jwt.identify(Secret(bad))) << i;
    }
    ASSERT_FALSE(jwt.identify(Secret(good.substr(0, i)))) << i;
    ASSERT_FALSE(jwt.identify(Secret(good.substr(i + 1)))) << i;
  }
  EXPECT_EQ(fetched_, 1) << "unknown keys are not asked for again and again";
}

TEST_F(JwtTest, GoesOnWithTheKeysItKnowsWhileTheIssuerIsAway) {
  auto jwt = identity();
  published_ = fail(Errc::unavailable, "away");
  EXPECT_EQ(jwt.identify(Secret(golden::es256_token)).error().code, Errc::unavailable);
  published_ = key_set();
  EXPECT_TRUE(jwt.identify(Secret(golden::es256_token)));
  published_ = "{}";
  EXPECT_TRUE(jwt.identify(Secret(golden::rs256_token)));
}

TEST(KeySet, LeavesOutSharedSecretsAndWhatIsNoKey) {
  const auto keys = parse_key_set(key_set());
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 3U);
  for (const auto* text : {"", "[]", "{}", R"({"keys":1})", R"({"keys":[]})", R"({"keys":[1]})",
                           R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})",
                           R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})",
                           R"({"keys":[{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}]})",
                           R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAB"}]})"}) {
    const auto refused = parse_key_set(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::corrupt_data) << text;
  }
}

}  // namespace
}  // namespace trainyard::jwt
