#pragma once

#include "common/ports/dispatch_store.hpp"
#include "common/ports/job_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// What every DispatchStore promises, and what admission makes of it: the same order and the same
// limits, whatever the database.

namespace trainyard::ports {

// Both stores over the same, empty database.
struct Stores {
  std::shared_ptr<void> place;  // what they live in; gone last
  std::unique_ptr<JobStore> jobs;
  std::unique_ptr<DispatchStore> line;
};

struct DispatchBackend {
  std::string name;
  std::function<Result<Stores>()> make;
};

class DispatchStoreContract : public ::testing::TestWithParam<DispatchBackend> {
 protected:
  void SetUp() override;

  JobStore& jobs() { return *stores_.jobs; }
  DispatchStore& line() { return *stores_.line; }

  // --- small verbs: each expects success ------------------------------------------------------
  JobId submit(const std::string& user, domain::JobOptions options = {}, int priority = 0);
  std::vector<JobId> submit_many(int count, const std::string& user,
                                 const domain::JobOptions& options = {});
  void offer(int slots, int appetite);
  void offer(int slots) { offer(slots, slots); }
  int admit(int limit = 1'000);  // how many were
  domain::Job job(JobId id);
  domain::Job run(JobId id);  // claims what is announced
  void succeed(JobId id);
  bool is_announced(JobId id) { return job(id).admitted_at.has_value(); }
  int announced_of(const std::vector<JobId>& ids);

 private:
  Stores stores_;
};

domain::Limit limit_on(domain::LimitScope scope, const std::string& name);

}  // namespace trainyard::ports
