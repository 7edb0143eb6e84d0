#pragma once

namespace trainyard::runtime {

// Something with threads of its own. start() once; stop() is idempotent, legal before start() and
// returns when every thread is done. main stops what it started in reverse order.
class Lifecycle {
 public:
  virtual ~Lifecycle() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
};

}  // namespace trainyard::runtime
