#include "deploy/trainyard/await_dependency.hpp"

#include "common/runtime/outage.hpp"

#include <fmt/format.h>

namespace trainyard {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr runtime::Backoff pauses{.first = milliseconds(100), .last = milliseconds(1'000)};

bool may_pass(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::in_doubt;
}

}  // namespace

Result<void> await_dependency(const log::Log& log, std::string what, const StopSignal& stop,
                              const std::function<Result<void>()>& attempt) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  runtime::Outage outage(log, what, pauses);
  while (true) {
    const auto reached = attempt();
    if (reached) {
      outage.over();
      return {};
    }
    if (!may_pass(reached.error())) return reached;
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail({.code = Errc::unavailable,
                   .detail = fmt::format("gave up after waiting {} s for {}: {}", patience.count(),
                                         what, describe(reached.error()))});
    }
    if (stop.arrives_within(outage.failed(reached.error()))) {
      return fail(Errc::cancelled, fmt::format("told to stop while waiting for {}", what));
    }
  }
}

}  // namespace trainyard
