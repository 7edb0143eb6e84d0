#pragma once

#include "common/domain/job.hpp"
#include "common/log/log.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/runtime/lifecycle.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace trainyard::control {

// Removes the fits that the jobs of a batch shared, once the batch has ended, and those that a job
// of its own kept for its next attempt, once there will be none. Fits only save work: a job that is
// retried afterwards, or while they go, fits again what it does not find. So nothing here is
// repeated after a failure, and what is beyond `queued_max` is left alone. Thread-safe.
class FitSweeper final : public runtime::Lifecycle {
 public:
  static constexpr std::size_t queued_max = 10'000;

  FitSweeper(log::Log log, std::shared_ptr<ports::ArtifactStore> artifacts);
  ~FitSweeper() override;

  void start() override;
  void stop() override;  // finishes what it is at
  // Never block. Saying it twice is harmless.
  void batch_ended(BatchId batch);
  void job_ended(const domain::Job& job);

 private:
  void run();
  void sweep(std::string folder);

  log::Log log_;
  std::shared_ptr<ports::ArtifactStore> artifacts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> folders_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trainyard::control
