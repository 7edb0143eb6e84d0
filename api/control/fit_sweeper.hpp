#pragma once

#include "common/base/uuid.hpp"
#include "common/log/log.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/runtime/lifecycle.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace trainyard::control {

// Removes the fits that the jobs of a batch shared, once the batch has ended. Fits only save work:
// a job that is retried afterwards, or while they go, fits again what it does not find. So nothing
// here is repeated after a failure, and batches beyond `queued_max` are left alone. Thread-safe.
class FitSweeper final : public runtime::Lifecycle {
 public:
  static constexpr std::size_t queued_max = 10'000;

  FitSweeper(log::Log log, std::shared_ptr<ports::ArtifactStore> artifacts);
  ~FitSweeper() override;

  void start() override;
  void stop() override;  // finishes the batch it is at
  // Never blocks. Saying it twice is harmless.
  void batch_ended(BatchId batch);

 private:
  void run();

  log::Log log_;
  std::shared_ptr<ports::ArtifactStore> artifacts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<BatchId> ended_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trainyard::control
