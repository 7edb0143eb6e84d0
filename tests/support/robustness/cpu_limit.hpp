#pragma once

#include <stop_token>
#include <thread>

namespace trainyard::robustness {

// CPU time of the calling thread.
double cpu_seconds();

// Requests a stop once the thread that made it has worked for so many seconds: what hangs ends, as
// far as it honours the request.
class CpuLimit {
 public:
  explicit CpuLimit(double seconds);
  std::stop_token token() const { return limit_.get_token(); }

 private:
  std::stop_source limit_;
  std::jthread watcher_;
};

}  // namespace trainyard::robustness
