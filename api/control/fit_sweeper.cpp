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
  sweep(wire::fits_folder(batch));
}

// One that did not run for long has kept nothing.
void FitSweeper::job_ended(const domain::Job& job) {
  if (job.batch_id || !job.started_at || !job.completed_at) return;
  if (*job.completed_at - *job.started_at >= wire::fits_kept_after) {
    sweep(wire::fits_folder(job.id));
  }
}

void FitSweeper::sweep(std::string folder) {
  {
    const std::lock_guard lock(mutex_);
    if (folders_.size() < queued_max) folders_.push_back(std::move(folder));
  }
  changed_.notify_all();
}

void FitSweeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !folders_.empty(); });
    if (stopping_) return;
    const auto folder = std::move(folders_.front());
    folders_.pop_front();
    lock.unlock();
    if (const auto removed = artifacts_->remove_all(folder); !removed) {
      log_.warn("fits that nobody needs stay behind",
                {{"folder", folder}, {"error", describe(removed.error())}});
    }
    lock.lock();
  }
}

}  // namespace trainyard::control
