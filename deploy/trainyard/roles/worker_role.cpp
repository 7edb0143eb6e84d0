#include "deploy/trainyard/roles/worker_role.hpp"

#include "deploy/trainyard/roles/child_tasks.hpp"
#include "worker/executors/local_executor.hpp"
#include "worker/runner/job_runner.hpp"

#include <algorithm>
#include <thread>

namespace trainyard {
namespace {

std::vector<Secret> secrets_of(const config::Settings& settings) {
  return {settings.store.postgres_uri,     settings.kafka.sasl_password,
          settings.kafka.ssl_key_password, settings.client_key,
          settings.events.webhook_secret,  settings.s3.secret_access_key,
          settings.s3.session_token};
}

executors::LocalExecutorOptions executor_options(const config::Settings& settings) {
  return {.pool = {.children = child_count(settings),
                   .command = child_command(settings),
                   .environment = child_environment(settings),
                   .stall_max = settings.worker.stall_max},
          .retry_policy = retry_policy_of(settings),
          .job_timeout = settings.job.execution_timeout,
          .drills = settings.drills_allowed ? domain::Drills::allowed : domain::Drills::refused,
          .secrets = secrets_of(settings)};
}

class WorkerRole final : public runtime::Lifecycle {
 public:
  WorkerRole(const config::Settings& settings, const log::Log& log, Backbone& backbone)
      : executor_(log, executor_options(settings)),
        runner_(log, {*backbone.store, *backbone.line, *backbone.job_log}, *backbone.bus, executor_,
                {.worker_id = runner::make_worker_id(),
                 .lease = settings.worker.lease,
                 .drain = settings.worker.drain}) {}

  void start() override { runner_.start(); }
  void stop() override { runner_.stop(); }

 private:
  executors::LocalExecutor executor_;
  runner::JobRunner runner_;
};

}  // namespace

int child_count(const config::Settings& settings) {
  if (settings.worker.children > 0) return static_cast<int>(settings.worker.children);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::unique_ptr<runtime::Lifecycle> make_worker_role(const config::Settings& settings,
                                                     const log::Log& log, Backbone& backbone) {
  return std::make_unique<WorkerRole>(settings, log, backbone);
}

}  // namespace trainyard
