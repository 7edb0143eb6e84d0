#pragma once

#include "common/adapters/postgres/postgres_store.hpp"

#include <chrono>
#include <memory>

namespace trainyard::postgres {

inline constexpr const char* outbox_channel = "trainyard_outbox";

// Waits for other connections' NOTIFY on a connection of its own, made when first needed and again
// when it breaks. wake() may be called from any thread, await() from one at a time.
class OutboxListener {
 public:
  explicit OutboxListener(const Options& options);  // throws std::system_error
  ~OutboxListener();
  OutboxListener(const OutboxListener&) = delete;
  OutboxListener& operator=(const OutboxListener&) = delete;

  // Returns at once after connecting: what was committed before that made no sound here.
  Result<void> await(std::chrono::milliseconds timeout);
  void wake();

 private:
  class Ear;

  void wait_for_wake(std::chrono::milliseconds timeout, int socket);

  Options options_;
  int wake_fd_;
  std::unique_ptr<Ear> ear_;
};

}  // namespace trainyard::postgres
