#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/log/log.hpp"

#include <string>

namespace trainyard::runtime {

// Whether the same call may succeed later, with nothing changed about it.
bool may_pass(const Error& error);

struct Backoff {
  milliseconds first{50};
  milliseconds last{5'000};
};

// Keeps one thing's outage: says so once when it begins and once when it is over, and how long to
// wait before each next try. Not thread-safe.
class Outage {
 public:
  Outage(log::Log log, std::string what, Backoff backoff = {});

  milliseconds failed(const Error& error);  // how long to wait now: doubles up to a bound
  void over();

 private:
  log::Log log_;
  std::string what_;
  Backoff backoff_;
  milliseconds next_;
  int tries_ = 0;
};

}  // namespace trainyard::runtime
