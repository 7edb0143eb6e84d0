#pragma once

#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/executor.hpp"
#include "common/ports/job_store.hpp"
#include "common/runtime/outage.hpp"
#include "worker/runner/lease_table.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>

namespace trainyard::runner {

struct IntakeOptions {
  std::string worker_id;
  std::string source;
  std::chrono::milliseconds lease{30'000};
  // Announced longer ago than this, a job may be claimed without its message: it is lost, or stuck
  // behind a worker that is full.
  std::chrono::milliseconds unclaimed_age{1'000};
  std::chrono::milliseconds direct_claim_interval{5'000};  // of idle workers, plus up to a half
};

// Takes in work: polls TrainRequested, claims as many jobs at once as the executor has room for,
// starts them, and tells the bus only then that the messages are done. A job that is somebody
// else's by now is a duplicate and dropped, an unknown one is parked. An idle worker also looks
// for announced jobs whose message got lost.
class Intake {
 public:
  Intake(log::Log log, ports::JobStore& store, ports::EventBus& bus, ports::Executor& executor,
         LeaseTable& leases, IntakeOptions options);

  Result<void> subscribe();  // before run(): messages from then on are not missed
  void run(std::stop_token stop);
  void capacity_freed();  // from any thread

 private:
  struct Wanted {
    domain::Claim claim;
    std::optional<ports::Delivery> delivery;
    std::vector<ports::Position> older;  // of messages for the same job
    Boottime asked_at{0};                // its lease, once claimed, counts from then or later
    bool in_doubt = false;  // it may have been claimed already, when it was first tried
  };

  void gather(std::stop_token stop);
  void take_in(std::stop_token stop, int room);
  void claim_lost_ones(std::stop_token stop, int room);
  void await_room(std::stop_token stop);
  std::vector<Wanted> read(std::vector<ports::Delivery> deliveries);
  Wanted want(const ports::DispatchRef& ref) const;
  void claim(std::stop_token stop, std::vector<Wanted> wanted);
  ports::Applied apply_until_known(std::stop_token stop, std::vector<Wanted>& wanted);
  void apply_some(const std::vector<std::size_t>& which, std::vector<Wanted>& wanted,
                  ports::Applied& applied);
  bool keep_membership(std::stop_token stop, std::chrono::milliseconds time);
  void settle(const Wanted& wanted, const Result<domain::JobChange>& applied,
              std::vector<ports::Position>& done);
  void park(const ports::Delivery& delivery, const std::string& reason);

  log::Log log_;
  ports::JobStore& store_;
  ports::EventBus& bus_;
  ports::Executor& executor_;
  LeaseTable& leases_;
  const IntakeOptions options_;
  std::shared_ptr<ports::Subscription> subscription_;
  std::vector<ports::Delivery> carried_over_;  // that a paused poll returned
  std::mt19937_64 random_;
  runtime::Outage claiming_;
  runtime::Outage reading_;
  std::chrono::steady_clock::time_point look_for_lost_at_;
  std::chrono::steady_clock::time_point claimed_at_;
  std::size_t claimed_last_ = 0;

  std::atomic<bool> wants_room_ = false;
  std::mutex mutex_;
  std::condition_variable_any room_;
};

}  // namespace trainyard::runner
