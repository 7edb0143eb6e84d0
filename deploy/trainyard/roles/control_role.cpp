#include "deploy/trainyard/roles/control_role.hpp"

#include "api/control/dispatcher.hpp"
#include "api/control/fit_sweeper.hpp"
#include "api/control/leader.hpp"
#include "api/control/outbox_relay.hpp"
#include "api/control/reaper.hpp"
#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "deploy/trainyard/roles/training_tools.hpp"

#include <ranges>

namespace trainyard {
namespace {

using Loops = std::vector<std::unique_ptr<runtime::Lifecycle>>;

Loops make_loops(const config::Settings& settings, const log::Log& log, Backbone& backbone,
                 const std::string& instance) {
  auto dispatcher = std::make_unique<control::Dispatcher>(
      log, *backbone.line, *backbone.store, system_clock(), control::DispatcherOptions{});
  auto& hinted = *dispatcher;
  auto sweeper = std::make_unique<control::FitSweeper>(
      log, filesystem::open_artifact_store(artifact_dir_of(settings)));
  auto& swept = *sweeper;
  Loops loops;
  loops.push_back(std::move(dispatcher));
  loops.push_back(std::move(sweeper));
  loops.push_back(std::make_unique<control::Reaper>(
      log, *backbone.store,
      control::ReaperOptions{.lease = settings.worker.lease,
                             .interval = settings.worker.lease / 3,
                             .policy = retry_policy_of(settings)}));
  // Last, so that it is stopped first: it gives the others hints.
  loops.push_back(std::make_unique<control::OutboxRelay>(
      log, *backbone.store, *backbone.bus,
      control::RelayOptions{
          .source = instance,
          .on_wait = [&hinted](TimePoint due) { hinted.expect(due); },
          .on_room = [&hinted] { hinted.room_changed(); },
          .on_batch_end = [&swept](BatchId batch) { swept.batch_ended(batch); }}));
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
