#pragma once

#include "common/ports/job_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// What every JobStore promises, as tests that know the port alone. A backend says how to make an
// empty store and how to open it again; everything else is the same for all.

namespace trainyard::ports {

class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  // The same data each time, so that a second one is another process's view or a restart.
  virtual Result<std::unique_ptr<JobStore>> open() = 0;
};

struct Backend {
  std::string name;
  // Errc::unavailable: its server is not there, the test is skipped (or fails where it must be).
  std::function<Result<std::unique_ptr<StoreHarness>>()> make;
};

// In slices of a few; refers to `jobs`.
BatchJobs all_of(const std::vector<domain::NewJob>& jobs);

class JobStoreContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;

  JobStore& store() { return *store_; }
  std::unique_ptr<JobStore> open_another();
  void reopen();

  // --- small verbs: each expects success ------------------------------------------------------
  static domain::NewJob new_job();        // pending once accepted
  static domain::NewJob new_submitted();  // submitting once accepted
  std::vector<JobId> accept(int count);   // submitted jobs, oldest first
  domain::Job accept(const domain::NewJob& job);
  domain::Batch accept_batch(int jobs);
  domain::Job job(JobId id);
  domain::Job running_job(milliseconds lease = std::chrono::hours(1));
  // A job in this state, made by commands alone.
  domain::Job job_in(domain::JobStatus status);

  Result<domain::JobChange> apply(const domain::JobCommand& command);
  domain::Job applied(const domain::JobCommand& command);
  domain::Job admit(JobId id);  // it waits in line
  domain::Job claim(JobId id, milliseconds lease = std::chrono::hours(1));
  domain::Job succeed(const domain::Job& running);
  domain::Job fail_for_good(const domain::Job& running);

  std::vector<OutboxEntry> outbox(int limit = 10'000);
  void drain_outbox();

  // The invariants written above domain::Job, on what the store gives back.
  void expect_sound(JobId id);

 private:
  std::unique_ptr<StoreHarness> harness_;
  std::unique_ptr<JobStore> store_;
};

domain::Claim claim_of(const domain::Job& job, milliseconds lease = std::chrono::hours(1));
domain::Failed retriable_failure(std::chrono::seconds delay);
domain::Failed lasting_failure();
domain::Succeeded success();

}  // namespace trainyard::ports
