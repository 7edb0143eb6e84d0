#include "api/http/offload_pool.hpp"

namespace trainyard::http {

OffloadPool::OffloadPool(Options options) : queued_max_(options.queued_max) {
  for (std::size_t i = 0; i < options.threads; ++i)
    threads_.emplace_back([this] { run(); });
}

OffloadPool::~OffloadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

bool OffloadPool::try_post(std::move_only_function<void()>& work) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queued_max_ || stopping_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void OffloadPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace trainyard::http
