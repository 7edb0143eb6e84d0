#include "worker/runner/job_runner.hpp"

#include "common/base/uuid.hpp"
#include "common/runtime/outage.hpp"
#include "common/runtime/pause.hpp"
#include "common/wire/job_control.hpp"
#include "worker/runner/capacity_reporter.hpp"
#include "worker/runner/finisher.hpp"
#include "worker/runner/intake.hpp"
#include "worker/runner/lease_keeper.hpp"
#include "worker/runner/log_reporter.hpp"
#include "worker/runner/progress_reporter.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace trainyard::runner {
namespace {

using std::chrono::milliseconds;

// What writing down the last ends may take when the store is slow.
constexpr milliseconds last_writes{5'000};
constexpr milliseconds control_poll{60'000};

IntakeOptions intake_options(const JobRunnerOptions& options, std::string source) {
  return {.worker_id = options.worker_id,
          .source = std::move(source),
          .lease = options.lease,
          .unclaimed_age = options.unclaimed_age,
          .direct_claim_interval = options.direct_claim_interval};
}

}  // namespace

class JobRunner::Parts {
 public:
  Parts(log::Log log, RunnerStores stores, ports::EventBus& bus, ports::Executor& executor,
        JobRunnerOptions options)
      : log_(log.with({{"worker_id", options.worker_id}})),
        bus_(bus),
        executor_(executor),
        options_(std::move(options)),
        source_("trainyard/worker/" + options_.worker_id),
        finisher_(log_, stores.jobs, leases_),
        reporter_(log_, stores.jobs, bus, leases_, source_),
        log_reporter_(log_, stores.job_log, bus, source_),
        keeper_(log_, stores.jobs, executor, leases_, options_.worker_id, options_.lease),
        capacity_(log_, stores.line, executor, leases_, options_.worker_id),
        intake_(log_, stores.jobs, bus, executor, leases_, intake_options(options_, source_)) {}

  // The executor may speak for a moment after the runner is gone; then nobody listens.
  static ports::Executor::Events events(const std::weak_ptr<Parts>& weak) {
    return {.progress =
                [weak](JobId job, std::int64_t fence, int percent, std::string step,
                       std::string metrics) {
                  if (const auto parts = weak.lock()) {
                    parts->reporter_.report({.job_id = job,
                                             .fence = fence,
                                             .percent = percent,
                                             .step = std::move(step),
                                             .metrics = std::move(metrics)});
                  }
                },
            .wrote =
                [weak](std::vector<domain::LogLine> lines) {
                  if (const auto parts = weak.lock()) parts->log_reporter_.report(std::move(lines));
                },
            .finished =
                [weak](domain::Finish finish) {
                  if (const auto parts = weak.lock()) parts->finisher_.finish(std::move(finish));
                },
            .capacity_freed =
                [weak] {
                  if (const auto parts = weak.lock()) parts->intake_.capacity_freed();
                }};
  }

  void start() {
    if (const auto subscribed = intake_.subscribe(); !subscribed) {
      throw std::runtime_error("worker cannot subscribe: " + describe(subscribed.error()));
    }
    auto control = bus_.subscribe({.topics = {ports::topics::job_control}});
    if (!control) {
      throw std::runtime_error("worker cannot subscribe: " + describe(control.error()));
    }
    control_ = std::move(*control);
    keeping_ = std::jthread([this](std::stop_token stop) { keeper_.run(stop); });
    reporting_ = std::jthread([this](std::stop_token stop) { reporter_.run(stop); });
    log_writing_ = std::jthread([this](std::stop_token stop) { log_reporter_.run(stop); });
    offering_ = std::jthread([this](std::stop_token stop) { capacity_.run(stop); });
    listening_ = std::jthread([this](std::stop_token stop) { listen(stop); });
    taking_in_ = std::jthread([this](std::stop_token stop) { intake_.run(stop); });
  }

  void stop() {
    if (!taking_in_.joinable()) return;
    end(taking_in_);
    end(offering_);
    capacity_.forget();
    for (const auto job : executor_.release_waiting()) {
      if (const auto fence = leases_.fence_of(job)) hand_back({job, *fence});
    }
    if (!leases_.await_none(options_.drain)) {
      for (const auto& held : leases_.refs())
        executor_.interrupt(held.job_id);
    }
    if (!leases_.await_none(options_.interrupt_grace)) {
      for (const auto& held : leases_.refs()) {
        executor_.abandon(held.job_id);
        hand_back(held);
      }
      if (!leases_.await_none(last_writes)) log_.warn("not all jobs could be handed back");
    }
    finisher_.hurry();
    end(listening_);
    end(reporting_);
    end(log_writing_);
    end(keeping_);
  }

 private:
  static void end(std::jthread& thread) {
    thread.request_stop();
    thread.join();
  }

  void hand_back(const ports::LeaseRef& held) {
    finisher_.finish({.job_id = held.job_id, .fence = held.fence, .outcome = domain::HandedBack{}});
  }

  void listen(std::stop_token stop) {
    const std::stop_callback on_stop(stop, [this] { control_->wake(); });
    while (!stop.stop_requested()) {
      const auto deliveries = control_->poll(100, control_poll);
      if (!deliveries) {
        runtime::pause_for(stop, outage_.failed(deliveries.error()));
        continue;
      }
      outage_.over();
      for (const auto& delivery : *deliveries) {
        if (const auto control = wire::parse_job_control(delivery.message.value)) {
          leases_.note_cancel(control->job_id);
          executor_.cancel(control->job_id);
        }
      }
    }
  }

  log::Log log_;
  ports::EventBus& bus_;
  ports::Executor& executor_;
  const JobRunnerOptions options_;
  const std::string source_;
  runtime::Outage outage_{log_, "event bus (reading cancels)"};  // the listening thread's
  LeaseTable leases_;
  Finisher finisher_;
  ProgressReporter reporter_;
  LogReporter log_reporter_;
  LeaseKeeper keeper_;
  CapacityReporter capacity_;
  Intake intake_;
  std::unique_ptr<ports::Subscription> control_;
  std::jthread keeping_;
  std::jthread reporting_;
  std::jthread log_writing_;
  std::jthread listening_;
  std::jthread offering_;
  std::jthread taking_in_;
};

std::string make_worker_id() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}-{}-{}", host.data(), ::getpid(), Uuid::make_v7().to_string());
}

JobRunner::JobRunner(log::Log log, RunnerStores stores, ports::EventBus& bus,
                     ports::Executor& executor, JobRunnerOptions options)
    : parts_(std::make_shared<Parts>(std::move(log), stores, bus, executor, std::move(options))) {
  executor.set_events(Parts::events(parts_));
}

JobRunner::~JobRunner() {
  stop();
}

void JobRunner::start() {
  parts_->start();
}

void JobRunner::stop() {
  parts_->stop();
}

}  // namespace trainyard::runner
