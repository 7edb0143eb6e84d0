#include "api/control/ticker.hpp"

namespace trainyard::control {

Ticker::Ticker(std::function<milliseconds()> round) : round_(std::move(round)) {}

void Ticker::start() {
  thread_ = std::thread([this] { run(); });
}

void Ticker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Ticker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const auto pause = round_();
    lock.lock();
    changed_.wait_for(lock, pause, [this] { return stopping_ || woken_; });
  }
}

}  // namespace trainyard::control
