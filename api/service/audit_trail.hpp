#pragma once

#include "common/log/log.hpp"
#include "common/ports/access_store.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace trainyard::service {

// Takes notes of what was changed and appends them to the audit log in sets, off the way of the
// requests: a few transactions a second, however many requests there are. Keeps trying while the
// store is away. Destruction appends what is left; what cannot be kept any longer goes to the
// process's log instead, so that no entry vanishes but in a crash. Thread-safe.
class AuditTrail {
 public:
  struct Options {
    std::chrono::milliseconds gather{200};
    std::size_t set_max = 2'000;
    std::size_t waiting_max = 50'000;
    std::chrono::days keep{365};
  };

  AuditTrail(log::Log log, ports::AccessStore& store, const Clock& clock, Options options);
  ~AuditTrail();

  void record(ports::AuditEntry entry);  // never blocks

 private:
  void run();
  void forget_old();
  void write_to_log(const ports::AuditEntry& entry) const;

  log::Log log_;
  ports::AccessStore& store_;
  const Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<ports::AuditEntry> waiting_;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point forget_at_;  // of the thread alone, as all that follows
  std::thread thread_;
};

}  // namespace trainyard::service
