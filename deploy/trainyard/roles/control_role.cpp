#include "deploy/trainyard/roles/control_role.hpp"

#include "api/control/dispatcher.hpp"
#include "api/control/fit_sweeper.hpp"
#include "api/control/leader.hpp"
#include "api/control/outbox_relay.hpp"
#include "api/control/pipeline_runner.hpp"
#include "api/control/pruner.hpp"
#include "api/control/reaper.hpp"
#include "api/control/retrain_consumer.hpp"
#include "api/control/scheduler.hpp"
#include "api/control/trigger_runner.hpp"
#include "api/service/run_pipeline.hpp"
#include "api/service/start_training.hpp"
#include "api/service/triggers.hpp"
#include "common/adapters/delta/delta_table_log.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "deploy/trainyard/data/bucket_log_files.hpp"
#include "deploy/trainyard/roles/storage.hpp"
#include "deploy/trainyard/roles/training_tools.hpp"

#include <ranges>

namespace trainyard {
namespace {

using Loops = std::vector<std::unique_ptr<runtime::Lifecycle>>;

// Starts what begins by itself. It reads data, in a child process that is made when first needed.
class Starter {
 public:
  Starter(const config::Settings& settings, const log::Log& log, Backbone& backbone)
      : backbone_(backbone),
        gate_(*backbone.line),
        control_(log, *backbone.bus),
        tasks_(log, one_child(settings)),
        intake_(make_intake(settings, tasks_)) {}

  const service::JobIntake& intake() const { return intake_; }
  Result<service::StartedTraining> start(const wire::TrainingOrder& order) {
    return service::start_training(with(), {.user_id = order.user_id, .correlation_id = {}}, order);
  }
  void give_up(const wire::TrainingOrder& order, const Error& why) {
    std::ignore = service::note_outcome(with(), order, fail(why));
  }

  Result<void> move_on(ports::PipelineId id) {
    TRY_DO(service::move_on(
        {.pipelines = *backbone_.pipelines, .starting = with(), .control = control_}, id));
    return {};
  }

  Result<std::string> batch(const wire::TrainingOrder& order) {
    TRY(const auto started, start(order));
    return started.batch_id.to_string();
  }

 private:
  service::Starting with() {
    return {.jobs = *backbone_.store,
            .definitions = *backbone_.definitions,
            .gate = gate_,
            .intake = intake_,
            .clock = system_clock()};
  }

  Backbone& backbone_;
  service::EntryGate gate_;
  service::JobControl control_;
  ChildTasks tasks_;
  service::JobIntake intake_;
};

Loops make_loops(const config::Settings& settings, const log::Log& log, Backbone& backbone,
                 const std::string& instance) {
  const auto client = make_impatient_s3_client(settings);
  auto dispatcher = std::make_unique<control::Dispatcher>(
      log, *backbone.line, *backbone.store, system_clock(), control::DispatcherOptions{});
  auto& hinted = *dispatcher;
  auto sweeper = std::make_unique<control::FitSweeper>(log, open_artifacts(settings, client));
  auto& swept = *sweeper;
  Loops loops;
  loops.push_back(std::move(dispatcher));
  loops.push_back(std::move(sweeper));
  loops.push_back(std::make_unique<control::Reaper>(
      log, *backbone.store,
      control::ReaperOptions{.lease = settings.worker.lease,
                             .interval = settings.worker.lease / 3,
                             .policy = retry_policy_of(settings)}));
  loops.push_back(std::make_unique<control::Pruner>(
      log, *backbone.store, *backbone.definitions, open_artifacts(settings, client),
      control::PrunerOptions{
          .jobs_age = std::chrono::days(settings.retention.jobs_days),
          .decisions_age = std::chrono::days(settings.retention.decisions_days)}));
  const auto starter = std::make_shared<Starter>(settings, log, backbone);
  loops.push_back(std::make_unique<control::RetrainConsumer>(
      log, *backbone.bus, system_clock(),
      control::RetrainConsumerOptions{
          .source = instance,
          .start = [starter](const wire::TrainingOrder& order) -> Result<void> {
            TRY_DO(starter->start(order));
            return {};
          },
          .on_given_up = [starter](const wire::TrainingOrder& order,
                                   const Error& why) { starter->give_up(order, why); },
          .ping = [&store = *backbone.store] { return store.ping(); }}));
  loops.push_back(std::make_unique<control::Scheduler>(
      log, *backbone.definitions, system_clock(),
      control::SchedulerOptions{
          .start = [starter](const wire::TrainingOrder& order) { return starter->batch(order); },
          .find_zone = tzdb::find_zone}));
  loops.push_back(std::make_unique<control::TriggerRunner>(
      log, *backbone.definitions, *backbone.bus, system_clock(),
      control::TriggerRunnerOptions{.check_table =
                                        [starter](const std::string& table) {
                                          return service::check_table(starter->intake(), table);
                                        },
                                    .find_zone = tzdb::find_zone,
                                    .open_log =
                                        [client](const std::string& table) {
                                          return delta::open_table_log(
                                              open_log_files(client, table));
                                        }}));
  auto pipelines = std::make_unique<control::PipelineRunner>(
      log, *backbone.pipelines, control::PipelineRunnerOptions{.move_on = [starter](auto id) {
        return starter->move_on(id);
      }});
  auto& moved = *pipelines;
  loops.push_back(std::move(pipelines));
  // Last, so that it is stopped first: it gives the others hints.
  loops.push_back(std::make_unique<control::OutboxRelay>(
      log, *backbone.store, *backbone.bus,
      control::RelayOptions{.source = instance,
                            .on_wait = [&hinted](TimePoint due) { hinted.expect(due); },
                            .on_room = [&hinted] { hinted.room_changed(); },
                            .on_batch_end =
                                [&swept, &moved](const domain::Batch& batch) {
                                  swept.batch_ended(batch.id);
                                  moved.batch_ended(batch);
                                },
                            .on_job_end = [&swept](const auto& job) { swept.job_ended(job); }}));
  return loops;
}

class UnelectedLoops final : public runtime::Lifecycle {
 public:
  explicit UnelectedLoops(Loops loops) : loops_(std::move(loops)) {}
  ~UnelectedLoops() override { stop(); }

  void start() override {
    for (auto& loop : loops_)
      loop->start();
  }
  void stop() override {
    for (auto& loop : loops_ | std::views::reverse)
      loop->stop();
  }

 private:
  Loops loops_;
};

}  // namespace

std::unique_ptr<runtime::Lifecycle> make_control_role(const config::Settings& settings,
                                                      const log::Log& log, Backbone& backbone,
                                                      Election election) {
  const auto instance = instance_name("control");
  const auto make = [&settings, log, &backbone, instance] {
    return make_loops(settings, log, backbone, instance);
  };
  if (election == Election::needless) return std::make_unique<UnelectedLoops>(make());
  return std::make_unique<control::Leader>(
      log, *backbone.store,
      control::LeaderOptions{.instance = instance, .ttl = settings.worker.lease}, make);
}

}  // namespace trainyard
