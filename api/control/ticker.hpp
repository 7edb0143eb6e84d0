#pragma once

#include "common/base/time.hpp"
#include "common/runtime/lifecycle.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace trainyard::control {

// A thread that does one round after another and sleeps in between for as long as the round said.
// wake() starts the next round at once. Thread-safe.
class Ticker final : public runtime::Lifecycle {
 public:
  explicit Ticker(std::function<milliseconds()> round);
  ~Ticker() override { stop(); }

  void start() override;
  void stop() override;
  void wake();

 private:
  void run();

  std::function<milliseconds()> round_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace trainyard::control
