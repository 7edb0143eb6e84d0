#include "common/adapters/s3/s3_client.hpp"

#include "tests/support/s3/test_bucket.hpp"

#include <gmock/gmock.h>

namespace trainyard::s3 {
namespace {

using domain::BucketPath;

class S3ClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (skips_without_server()) GTEST_SKIP() << why_no_server();
    client_.emplace(test_options());
  }

  static Error refusal(const S3Options& options) {
    return S3Client(options).put(fresh_ground() / "a", "x").error();
  }

  const BucketPath ground_ = fresh_ground();
  std::optional<S3Client> client_;
};

TEST_F(S3ClientTest, KeepsWhatItIsGivenUnderKeysOfAllKinds) {
  for (const auto* name : {"plain", "with space", "a+b&c=d", "100%", "caf\xc3\xa9", "region=eu/x",
                           "~t(1)'!*", "a:b@c,d;e"}) {
    ASSERT_TRUE(client_->put(ground_ / name, name)) << name;
    EXPECT_EQ(client_->get(ground_ / name), name);
    const auto listed = client_->list(ground_ / name);
    ASSERT_TRUE(listed) << describe(listed.error());
    ASSERT_EQ(listed->size(), 1U) << name;
    EXPECT_EQ(listed->front().key, (ground_ / name).key);
  }
}

TEST_F(S3ClientTest, WritesLargeObjectsInPartsAndReadsThemInRanges) {
  auto options = test_options();
  options.part_bytes = std::size_t{5} << 20;  // no server takes smaller ones, the last apart
  std::string bytes(std::size_t{11} << 20, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 1000)
    bytes[i] = static_cast<char>(i / 1000);
  const auto object = ground_ / "large";
  const auto written = S3Client(options).put(object, bytes);
  ASSERT_TRUE(written) << describe(written.error());
  const auto state = client_->state(object);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->size, static_cast<std::int64_t>(bytes.size()));
  EXPECT_EQ(client_->get_range(object, *state, 6'000'000, 3'000), bytes.substr(6'000'000, 3'000));
  EXPECT_EQ(client_->get(object), bytes);
}

TEST_F(S3ClientTest, RefusesARangeOfAnObjectThatHasChanged) {
  const auto object = ground_ / "changing";
  ASSERT_TRUE(client_->put(object, "first"));
  const auto state = client_->state(object);
  ASSERT_TRUE(client_->put(object, "other"));
  EXPECT_EQ(client_->get_range(object, *state, 0, 5).error().code, Errc::conflict);
}

TEST_F(S3ClientTest, KnowsAnEmptyObject) {
  ASSERT_TRUE(client_->put(ground_ / "empty", ""));
  const auto state = client_->state(ground_ / "empty");
  ASSERT_TRUE(state) << describe(state.error());
  EXPECT_EQ(state->size, 0);
}

TEST_F(S3ClientTest, ListsAndRemovesMoreThanFitOnePage) {
  constexpr int objects = 1'003;
  for (int i = 0; i < objects; ++i)
    ASSERT_TRUE(client_->put(ground_ / std::to_string(i), "x"));
  const auto listed = client_->list(ground_);
  ASSERT_TRUE(listed) << describe(listed.error());
  ASSERT_EQ(listed->size(), objects);
  std::vector<std::string> keys;
  for (const auto& object : *listed)
    keys.push_back(object.key);
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  const auto removed = client_->remove(ground_.bucket, keys);
  ASSERT_TRUE(removed) << describe(removed.error());
  EXPECT_TRUE(client_->list(ground_)->empty());
}

TEST_F(S3ClientTest, SaysWhatIsWrongWithCredentialsWithoutShowingThem) {
  auto wrong = test_options();
  wrong.secret_access_key = Secret("another-secret");
  const auto secret = refusal(wrong);
  EXPECT_EQ(secret.code, Errc::forbidden);
  EXPECT_THAT(secret.hint, testing::HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(describe(secret), testing::Not(testing::HasSubstr("another-secret")));
  wrong = test_options();
  wrong.access_key_id = "nobody";
  EXPECT_THAT(refusal(wrong).hint, testing::HasSubstr("AWS_ACCESS_KEY_ID"));
  wrong.access_key_id.clear();
  EXPECT_EQ(refusal(wrong).code, Errc::forbidden);
  wrong = test_options();
  wrong.region = "eu-north-1";
  EXPECT_THAT(refusal(wrong).hint, testing::HasSubstr("S3_REGION"));
}

TEST_F(S3ClientTest, TellsAMissingBucketFromAMissingObject) {
  EXPECT_THAT(client_->get(ground_ / "nothing").error().detail,
              testing::HasSubstr("no such object"));
  const auto bucket = client_->get({"nobodys-bucket", "a"});
  EXPECT_EQ(bucket.error().code, Errc::not_found);
  EXPECT_THAT(bucket.error().detail, testing::HasSubstr("no such bucket"));
}

TEST_F(S3ClientTest, StopsWhenItIsAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(client_->get(ground_ / "a", stop.get_token()).error().code, Errc::cancelled);
}

}  // namespace
}  // namespace trainyard::s3
