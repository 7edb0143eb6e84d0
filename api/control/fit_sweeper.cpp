#include "api/control/fit_sweeper.hpp"

#include "common/wire/training_task.hpp"

namespace trainyard::control {

FitSweeper::FitSweeper(log::Log log, std::shared_ptr<ports::ArtifactStore> artifacts)
    : log_(std::move(log)), artifacts_(std::move(artifacts)) {}

FitSweeper::~FitSweeper() {
  stop();
}

void FitSweeper::start() {
  thread_ = std::thread([this] { run(); });
}

void FitSweeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void FitSweeper::batch_ended(BatchId batch) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_.size() < queued_max) ended_.push_back(batch);
  }
  changed_.notify_all();
}

void FitSweeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !ended_.empty(); });
    if (stopping_) return;
    const auto batch = ended_.front();
    ended_.pop_front();
    lock.unlock();
    if (const auto removed = artifacts_->remove_all(wire::fits_folder(batch)); !removed) {
      log_.warn("the fits of an ended batch stay behind",
                {{"batch_id", batch.to_string()}, {"error", describe(removed.error())}});
    }
    lock.lock();
  }
}

}  // namespace trainyard::control
