#include "common/runtime/outage.hpp"

namespace trainyard::runtime {

bool may_pass(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::in_doubt;
}

Outage::Outage(log::Log log, std::string what, Backoff backoff)
    : log_(std::move(log)), what_(std::move(what)), backoff_(backoff), next_(backoff.first) {}

milliseconds Outage::failed(const Error& error) {
  if (tries_++ == 0) log_.warn("a dependency is away", {{"dependency", what_}, {"error", error}});
  return std::exchange(next_, std::min(next_ * 2, backoff_.last));
}

void Outage::over() {
  if (tries_ == 0) return;
  log_.info("a dependency is back", {{"dependency", what_}, {"failed_tries", tries_}});
  tries_ = 0;
  next_ = backoff_.first;
}

}  // namespace trainyard::runtime
