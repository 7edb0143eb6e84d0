#include "api/control/leader.hpp"

#include <ranges>

namespace trainyard::control {

Leader::Leader(log::Log log, ports::JobStore& store, LeaderOptions options,
               std::function<Loops()> make_loops)
    : log_(log.with({{"role", options.role}, {"instance", options.instance}})),
      store_(store),
      options_(std::move(options)),
      make_loops_(std::move(make_loops)),
      outage_(log, "store (electing a leader)", options_.backoff),
      ticker_([this] { return round(); }) {}

void Leader::stop() {
  ticker_.stop();
  if (loops_.empty()) return;
  leave_office();
  // What is left of the term would keep the others waiting.
  if (const auto resigned = store_.lead(options_.role, options_.instance, milliseconds(0));
      !resigned) {
    log_.debug("leadership runs out by itself", {{"error", resigned.error()}});
  }
}

milliseconds Leader::round() {
  const auto asked_at = std::chrono::steady_clock::now();
  const auto leads = store_.lead(options_.role, options_.instance, options_.ttl);
  if (!leads) {
    if (std::chrono::steady_clock::now() >= elected_until_) leave_office();
    return outage_.failed(leads.error());
  }
  outage_.over();
  if (*leads) {
    elected_until_ = asked_at + options_.ttl;
    take_office();
  } else {
    leave_office();
  }
  return options_.ttl / 3;
}

void Leader::take_office() {
  if (!loops_.empty()) return;
  log_.info("elected leader");
  loops_ = make_loops_();
  for (const auto& loop : loops_)
    loop->start();
}

void Leader::leave_office() {
  if (loops_.empty()) return;
  for (const auto& loop : loops_ | std::views::reverse)
    loop->stop();
  loops_.clear();
  log_.info("no longer leader");
}

}  // namespace trainyard::control
