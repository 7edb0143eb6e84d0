#pragma once

#include <chrono>

namespace trainyard {

// SIGINT and SIGTERM as something to wait for. Make it first in a command, before any thread: the
// signals are blocked in all threads from then on, and SIGPIPE is ignored.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  int wait();              // which one came
  void restore_default();  // the next one ends the process at once
  bool arrived() const { return arrives_within(std::chrono::milliseconds(0)); }
  bool arrives_within(std::chrono::milliseconds time) const;
  int descriptor() const { return fd_; }  // readable once one came

 private:
  int fd_;
};

}  // namespace trainyard
