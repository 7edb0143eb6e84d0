#include "tests/contract/job_store/job_store_contract.hpp"

#include "common/domain/transition_table.hpp"

#include <cstdlib>

namespace trainyard::ports {

using domain::JobStatus;

void JobStoreContract::SetUp() {
  auto harness = GetParam().make();
  if (!harness && harness.error().code == Errc::unavailable) {
    const char* required = std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES");
    if (required && std::string_view(required) == "1") FAIL() << describe(harness.error());
    GTEST_SKIP() << describe(harness.error());
  }
  ASSERT_TRUE(harness) << describe(harness.error());
  harness_ = *std::move(harness);
  reopen();
}

std::unique_ptr<JobStore> JobStoreContract::open_another() {
  auto opened = harness_->open();
  EXPECT_TRUE(opened) << describe(opened.error());
  return opened ? *std::move(opened) : nullptr;
}

void JobStoreContract::reopen() {
  store_.reset();
  store_ = open_another();
  ASSERT_TRUE(store_);
}

domain::NewJob JobStoreContract::new_job() {
  return {.id = JobId::make(),
          .user_id = "ada",
          .config = R"({"data_path":"sales.csv","horizon":12})",
          .correlation_id = "request-1"};
}

domain::NewJob JobStoreContract::new_submitted() {
  auto job = new_job();
  job.submit = true;
  job.entry = domain::Entry::announced;
  return job;
}

std::vector<JobId> JobStoreContract::accept(int count) {
  std::vector<domain::NewJob> jobs(static_cast<std::size_t>(count));
  std::vector<JobId> ids;
  for (auto& job : jobs) {
    job = new_submitted();
    ids.push_back(job.id);
  }
  for (const auto& accepted : store().accept(jobs)) {
    EXPECT_TRUE(accepted) << describe(accepted.error());
  }
  return ids;
}

domain::Job JobStoreContract::accept(const domain::NewJob& job) {
  const auto accepted = store().accept({&job, 1});
  EXPECT_TRUE(accepted.at(0)) << describe(accepted.at(0).error());
  return accepted.at(0)->job;
}

BatchJobs all_of(const std::vector<domain::NewJob>& jobs) {
  static constexpr std::size_t slice = 3;
  const auto from = [&jobs](std::size_t first) {
    const auto begin = jobs.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector(begin,
                       begin + static_cast<std::ptrdiff_t>(std::min(slice, jobs.size() - first)));
  };
  return {.count = jobs.size(), .from = from};
}

domain::Batch JobStoreContract::accept_batch(int count) {
  std::vector<domain::NewJob> jobs(static_cast<std::size_t>(count));
  for (auto& job : jobs)
    job = new_submitted();
  const auto batch = store().accept_batch(
      {.id = BatchId::make(), .user_id = "ada", .config = "{}", .correlation_id = "request-2"},
      all_of(jobs));
  EXPECT_TRUE(batch) << describe(batch.error());
  return *batch;
}

domain::Job JobStoreContract::job(JobId id) {
  auto found = store().get(id);
  EXPECT_TRUE(found) << describe(found.error());
  return *found;
}

domain::Job JobStoreContract::running_job(milliseconds lease) {
  return claim(accept(1).front(), lease);
}

domain::Job JobStoreContract::job_in(JobStatus status) {
  switch (status) {
    case JobStatus::pending:
      return accept(new_job());
    case JobStatus::submitting:
      return accept(new_submitted());
    case JobStatus::running:
      return running_job();
    case JobStatus::cancelling:
      return applied(domain::Cancel{running_job().id});
    case JobStatus::cancelled:
      return applied(domain::Cancel{accept(1).front()});
    case JobStatus::completed:
      return succeed(running_job());
    case JobStatus::failed:
      return fail_for_good(running_job());
  }
  std::unreachable();
}

Result<domain::JobChange> JobStoreContract::apply(const domain::JobCommand& command) {
  return store().apply({&command, 1}).at(0);
}

domain::Job JobStoreContract::applied(const domain::JobCommand& command) {
  const auto change = apply(command);
  EXPECT_TRUE(change) << describe(change.error());
  return change ? change->job : domain::Job{};
}

domain::Job JobStoreContract::admit(JobId id) {
  return applied(domain::Admit{id, job(id).dispatch_no});
}

domain::Job JobStoreContract::claim(JobId id, milliseconds lease) {
  return applied(claim_of(job(id), lease));
}

domain::Job JobStoreContract::succeed(const domain::Job& running) {
  return applied(domain::Finish{running.id, running.fence, success()});
}

domain::Job JobStoreContract::fail_for_good(const domain::Job& running) {
  return applied(domain::Finish{running.id, running.fence, lasting_failure()});
}

std::vector<OutboxEntry> JobStoreContract::outbox(int limit) {
  auto entries = store().outbox(limit);
  EXPECT_TRUE(entries) << describe(entries.error());
  return *std::move(entries);
}

void JobStoreContract::drain_outbox() {
  std::vector<std::int64_t> ids;
  for (const auto& entry : outbox())
    ids.push_back(entry.id);
  ASSERT_TRUE(store().outbox_done(ids));
  ASSERT_TRUE(outbox().empty());
}

void JobStoreContract::expect_sound(JobId id) {
  const auto record = job(id);
  const bool held = record.status == JobStatus::running || record.status == JobStatus::cancelling;
  EXPECT_EQ(record.lease.has_value(), held);
  EXPECT_EQ(record.completed_at.has_value(), is_terminal(record.status));
  if (record.status != JobStatus::submitting) {
    EXPECT_FALSE(record.admitted_at);
  } else {
    EXPECT_NE(record.admitted_at.has_value(), record.next_attempt_at.has_value());
  }

  const auto history = store().history(id);
  ASSERT_TRUE(history);
  ASSERT_FALSE(history->empty());
  EXPECT_EQ(history->front().event, domain::JobEvent::created);
  EXPECT_EQ(history->back().to, record.status);
  EXPECT_LE(history->back().version, record.version);
  for (std::size_t i = 1; i < history->size(); ++i) {
    const auto& before = (*history)[i - 1];
    const auto& line = (*history)[i];
    EXPECT_LT(before.version, line.version);
    EXPECT_LE(before.fence, line.fence);
    EXPECT_EQ(line.from, before.to);
    EXPECT_EQ(domain::target_of(*line.from, line.event), line.to);
  }
}

domain::Claim claim_of(const domain::Job& job, milliseconds lease) {
  return {.job_id = job.id,
          .dispatch_no = job.dispatch_no,
          .worker_id = "worker-1",
          .token = ClaimToken::make(),
          .lease = lease};
}

domain::Failed retriable_failure(std::chrono::seconds delay) {
  return {.error = {.code = Errc::unavailable, .detail = "the storage was away"},
          .policy = {.delay = delay}};
}

domain::Failed lasting_failure() {
  return {.error = {.code = Errc::corrupt_data, .detail = "the target holds text"}, .policy = {}};
}

domain::Succeeded success() {
  return {.results = R"({"best_model":"theta"})",
          .metrics = R"({"theta":{"mape":5.2}})",
          .artifact_uri = "file:///artifacts/1",
          .mlflow_run_id = "run-1"};
}

}  // namespace trainyard::ports
