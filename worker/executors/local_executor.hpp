#pragma once

#include "common/base/secret.hpp"
#include "common/domain/forecast_spec.hpp"
#include "common/ports/executor.hpp"
#include "common/runtime/child_pool.hpp"
#include "worker/executors/line_budget.hpp"

#include <memory>
#include <mutex>
#include <random>
#include <unordered_map>

namespace trainyard::executors {

struct LocalExecutorOptions {
  runtime::ChildPoolOptions pool;
  domain::RetryPolicy retry_policy;
  std::chrono::milliseconds job_timeout{std::chrono::hours(1)};
  domain::Drills drills = domain::Drills::refused;
  std::vector<Secret> secrets = {};  // that no line of a job may hold
};

// Runs jobs in the child processes of this machine: as tasks "train" (wire::TrainingRequest,
// answered with wire::TrainingAnswer) or, where allowed, "drill" (the name of the drill). What the
// child says becomes the job's outcome; what it dies of is its failure. Thread-safe.
class LocalExecutor final : public ports::Executor {
 public:
  LocalExecutor(log::Log log, LocalExecutorOptions options);

  void set_events(Events events) override { events_ = std::move(events); }
  int slots() const override { return options_.pool.children; }
  int capacity() const override { return pool_.capacity(); }
  void start(const domain::Job& job, std::chrono::nanoseconds lease_until_boottime) override;
  void cancel(JobId job) override;
  void interrupt(JobId job) override;
  void abandon(JobId job) override;
  std::vector<JobId> release_waiting() override;
  void lease_extended(JobId job, std::chrono::nanoseconds boottime) override;

 private:
  struct Work {
    JobId job;
    std::int64_t fence = 0;
    int attempt = 0;
    bool begun = false;
    bool cancel_asked = false;
    std::unique_ptr<LineBudget> lines = nullptr;  // once there are some
  };

  runtime::TaskEvents pool_events();
  void on_started(runtime::TaskId task);
  void on_progress(runtime::TaskId task, runtime::TaskProgress progress);
  void on_log(runtime::TaskId task, const runtime::TaskLine& line);
  void on_finished(runtime::TaskId task, Result<std::string> answer);
  domain::Finish finish_of(const Work& work, Result<std::string> answer);

  log::Log log_;
  LocalExecutorOptions options_;
  Events events_;
  std::mutex mutex_;  // guards the three below
  std::unordered_map<runtime::TaskId, Work> works_;
  std::unordered_map<JobId, runtime::TaskId> tasks_;
  std::mt19937_64 random_;
  runtime::ChildPool pool_;  // last: its thread uses everything above
};

}  // namespace trainyard::executors
