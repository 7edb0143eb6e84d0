#include "tests/contract/artifact_store/artifact_store_contract.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace trainyard::ports {

void ArtifactStoreContract::SetUp() {
  const auto reason = GetParam().why_not();
  if (reason.empty()) return;
  if (std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") != nullptr) FAIL() << reason;
  GTEST_SKIP() << reason;
}

namespace {

TEST_P(ArtifactStoreContract, GivesBackTheBytesThatWerePut) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  const std::string bytes("a\0b\xff\n", 5);
  const auto uri = store->put("jobs/1/7/model.json", bytes);
  ASSERT_TRUE(uri) << uri.error().detail;
  EXPECT_THAT(*uri, testing::HasSubstr("jobs/1/7/model.json"));
  EXPECT_EQ(store->get("jobs/1/7/model.json"), bytes);
  EXPECT_EQ(harness->make()->get("jobs/1/7/model.json"), bytes);
}

TEST_P(ArtifactStoreContract, ReplacesABlobOfTheSameName) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  ASSERT_TRUE(store->put("a", "a longer first text"));
  ASSERT_TRUE(store->put("a", "second"));
  EXPECT_EQ(store->get("a"), "second");
}

TEST_P(ArtifactStoreContract, KeepsAnEmptyBlob) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  ASSERT_TRUE(store->put("empty", ""));
  EXPECT_EQ(store->get("empty"), "");
}

TEST_P(ArtifactStoreContract, SaysNotFoundForWhatIsNotThere) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  ASSERT_TRUE(store->put("folder/blob", "x"));
  for (const auto* name : {"nothing", "folder", "folder/blob/below"}) {
    const auto bytes = store->get(name);
    ASSERT_FALSE(bytes) << name;
    EXPECT_EQ(bytes.error().code, Errc::not_found) << name;
  }
}

TEST_P(ArtifactStoreContract, RefusesNamesThatCouldLeaveItsGround) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  for (const std::string name : {"", "/etc/passwd", "../up", "a/../../b", "a//b", "a/", ".hidden",
                                 "a b", "a\\b", "caf\xc3\xa9", "a/./b"}) {
    const auto written = store->put(name, "x");
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().code, Errc::invalid_argument) << name;
    EXPECT_EQ(store->get(name).error().code, Errc::invalid_argument) << name;
    EXPECT_EQ(store->remove_all(name).error().code, Errc::invalid_argument) << name;
  }
}

TEST_P(ArtifactStoreContract, RemovesWhatLiesBelowAPrefixAndNothingElse) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  ASSERT_TRUE(store->put("jobs/1/a", "x"));
  ASSERT_TRUE(store->put("jobs/1/b/c", "x"));
  ASSERT_TRUE(store->put("jobs/10/a", "kept"));
  EXPECT_TRUE(store->remove_all("jobs/1"));
  EXPECT_TRUE(store->remove_all("jobs/1"));
  EXPECT_EQ(store->get("jobs/1/a").error().code, Errc::not_found);
  EXPECT_EQ(store->get("jobs/1/b/c").error().code, Errc::not_found);
  EXPECT_EQ(store->get("jobs/10/a"), "kept");
}

TEST_P(ArtifactStoreContract, NeverShowsHalfOfABlob) {
  const auto harness = GetParam().make_harness();
  const auto store = harness->make();
  const std::string first(200'000, 'a');
  const std::string second(300'000, 'b');
  ASSERT_TRUE(store->put("blob", first));
  std::atomic<bool> is_done = false;
  std::thread writer([&] {
    const auto other = harness->make();
    for (int i = 0; i < 50; ++i)
      EXPECT_TRUE(other->put("blob", i % 2 == 0 ? second : first));
    is_done = true;
  });
  while (!is_done) {
    const auto bytes = store->get("blob");
    EXPECT_TRUE(bytes == first || bytes == second);
  }
  writer.join();
}

}  // namespace
}  // namespace trainyard::ports
