#include "tests/contract/dispatch_store/dispatch_store_contract.hpp"

namespace trainyard::ports {
namespace {

using domain::LimitScope;

TEST_P(DispatchStoreContract, KeepsALimitWhole) {
  auto limit = limit_on(LimitScope::key, "a \"strange\" näme");
  limit.concurrency = 0;
  limit.rate = domain::Rate{.jobs = 5, .period = milliseconds(1'500), .burst = 9};
  limit.backlog = 17;
  limit.paused_until = domain::Limit::until_resumed;
  limit.reason = "because";
  ASSERT_TRUE(line().put_limit(limit));
  EXPECT_EQ(*line().limits(), std::vector{limit});
}

TEST_P(DispatchStoreContract, ReplacesAndRemovesLimits) {
  auto limit = limit_on(LimitScope::user, "ann");
  limit.concurrency = 3;
  ASSERT_TRUE(line().put_limit(limit));
  limit.concurrency.reset();
  limit.backlog = 4;
  ASSERT_TRUE(line().put_limit(limit));
  EXPECT_EQ(*line().limits(), std::vector{limit});
  ASSERT_TRUE(line().remove_limit(LimitScope::user, "ann"));
  EXPECT_TRUE(line().limits()->empty());
  EXPECT_EQ(line().remove_limit(LimitScope::user, "ann").error().code, Errc::not_found);
}

TEST_P(DispatchStoreContract, ListsLimitsByScopeAndName) {
  for (const auto* name : {"b", "a"}) {
    ASSERT_TRUE(line().put_limit(limit_on(LimitScope::user, name)));
    ASSERT_TRUE(line().put_limit(limit_on(LimitScope::key, name)));
  }
  std::vector<std::string> listed;
  for (const auto& limit : *line().limits())
    listed.push_back(std::string(to_string(limit.scope)) + " " + limit.name);
  EXPECT_EQ(listed, (std::vector<std::string>{"key a", "key b", "user a", "user b"}));
}

TEST_P(DispatchStoreContract, KeepsBuckets) {
  const TimePoint now = system_clock().now();
  ASSERT_TRUE(line().put_buckets({{{LimitScope::key, "k"}, {.tokens = 0.125, .at = now}},
                                  {{LimitScope::user, "u"}, {.tokens = 3.0, .at = now}}}));
  ASSERT_TRUE(line().put_buckets({{{LimitScope::key, "k"}, {.tokens = 2.5, .at = now}}}));
  const auto kept = *line().buckets();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept.at({LimitScope::key, "k"}).tokens, 2.5);
  EXPECT_EQ(kept.at({LimitScope::key, "k"}).at, now);
  EXPECT_EQ(kept.at({LimitScope::user, "u"}).tokens, 3.0);
}

TEST_P(DispatchStoreContract, ListsTheWorkersThatReported) {
  ASSERT_TRUE(line().report({.worker_id = "w-2", .slots = 2, .appetite = 2}));
  ASSERT_TRUE(line().report({.worker_id = "w-1", .slots = 1, .appetite = 1}));
  ASSERT_TRUE(line().report({.worker_id = "w-1", .slots = 4, .appetite = 9}));
  const auto workers = *line().workers();
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_EQ(workers[0].report.worker_id, "w-1");
  EXPECT_EQ(workers[0].report.slots, 4);
  EXPECT_EQ(workers[0].report.appetite, 9);
  ASSERT_TRUE(line().forget("w-1"));
  EXPECT_EQ(line().workers()->size(), 1U);
}

}  // namespace
}  // namespace trainyard::ports
