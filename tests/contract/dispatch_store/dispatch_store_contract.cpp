#include "tests/contract/dispatch_store/dispatch_store_contract.hpp"

#include "api/control/admit.hpp"

#include <algorithm>
#include <cstdlib>

namespace trainyard::ports {

void DispatchStoreContract::SetUp() {
  auto made = GetParam().make();
  if (!made && made.error().code == Errc::unavailable &&
      std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") == nullptr) {
    GTEST_SKIP() << describe(made.error());
  }
  ASSERT_TRUE(made) << describe(made.error());
  stores_ = *std::move(made);
}

JobId DispatchStoreContract::submit(const std::string& user, domain::JobOptions options,
                                    int priority) {
  const domain::NewJob job{.id = JobId::make(),
                           .user_id = user,
                           .config = "{}",
                           .priority = priority,
                           .options = std::move(options),
                           .submit = true};
  const auto accepted = jobs().accept({&job, 1}).front();
  EXPECT_TRUE(accepted) << describe(accepted.error());
  return job.id;
}

std::vector<JobId> DispatchStoreContract::submit_many(int count, const std::string& user,
                                                      const domain::JobOptions& options) {
  std::vector<JobId> ids;
  for (int i = 0; i < count; ++i)
    ids.push_back(submit(user, options));
  return ids;
}

void DispatchStoreContract::offer(int slots, int appetite) {
  const auto reported =
      line().report({.worker_id = "worker-1", .slots = slots, .appetite = appetite});
  ASSERT_TRUE(reported) << describe(reported.error());
}

int DispatchStoreContract::admit(int limit) {
  const auto admitted = control::admit(line(), jobs(), limit);
  EXPECT_TRUE(admitted) << describe(admitted.error());
  return admitted ? admitted->jobs : 0;
}

domain::Job DispatchStoreContract::job(JobId id) {
  const auto job = jobs().get(id);
  EXPECT_TRUE(job) << describe(job.error());
  return job.value_or(domain::Job{});
}

domain::Job DispatchStoreContract::run(JobId id) {
  const domain::JobCommand claim = domain::Claim{.job_id = id,
                                                 .dispatch_no = job(id).dispatch_no,
                                                 .worker_id = "worker-1",
                                                 .token = ClaimToken::make(),
                                                 .lease = std::chrono::hours(1)};
  const auto claimed = jobs().apply({&claim, 1}).front();
  EXPECT_TRUE(claimed) << describe(claimed.error());
  return claimed ? claimed->job : domain::Job{};
}

void DispatchStoreContract::succeed(JobId id) {
  const domain::JobCommand finish = domain::Finish{
      .job_id = id, .fence = job(id).fence, .outcome = domain::Succeeded{.results = "{}"}};
  const auto finished = jobs().apply({&finish, 1}).front();
  EXPECT_TRUE(finished) << describe(finished.error());
}

int DispatchStoreContract::announced_of(const std::vector<JobId>& ids) {
  return static_cast<int>(
      std::ranges::count_if(ids, [this](const auto id) { return is_announced(id); }));
}

domain::Limit limit_on(domain::LimitScope scope, const std::string& name) {
  domain::Limit limit;
  limit.scope = scope;
  limit.name = name;
  return limit;
}

}  // namespace trainyard::ports
