#include "api/control/dispatcher.hpp"

namespace trainyard::control {

Dispatcher::Dispatcher(log::Log log, ports::JobStore& store, const Clock& clock,
                       DispatcherOptions options)
    : log_(log),
      store_(store),
      clock_(clock),
      options_(options),
      announce_at_(std::chrono::steady_clock::now() + options.announce_interval),
      outage_(log, "store (admitting jobs)", options.backoff),
      ticker_([this] { return round(); }) {}

void Dispatcher::expect(TimePoint due) {
  if (due < next_look_.load()) ticker_.wake();
}

milliseconds Dispatcher::round() {
  const auto pause = admit_due();
  if (!pause) return outage_.failed(pause.error());
  if (const auto announced = announce_forgotten(); !announced) {
    return outage_.failed(announced.error());
  }
  outage_.over();
  return *pause;
}

Result<milliseconds> Dispatcher::admit_due() {
  // What is expected while this round looks is either seen by it or wakes the next one.
  next_look_ = TimePoint::max();
  TRY(const auto due, store_.due(options_.set_max));
  std::vector<domain::JobCommand> commands;
  commands.reserve(due.size());
  for (const auto& [job_id, dispatch_no] : due) {
    commands.push_back(domain::Admit{.job_id = job_id, .dispatch_no = dispatch_no});
  }
  if (!commands.empty()) {
    for (const auto& applied : store_.apply(commands)) {
      if (!applied && applied.error().code == Errc::unavailable) return fail(applied.error());
    }
  }
  TRY(const auto next, store_.next_due());
  const auto pause = next ? until(*next) : options_.rescan;
  next_look_ = clock_.now() + pause;
  return pause;
}

// The store's clock decides and may run behind ours: look again soon, not at once.
milliseconds Dispatcher::until(TimePoint due) const {
  const auto left = std::chrono::ceil<milliseconds>(due - clock_.now());
  return std::clamp(left, std::min(options_.backoff.first, options_.rescan), options_.rescan);
}

Result<void> Dispatcher::announce_forgotten() {
  const auto now = std::chrono::steady_clock::now();
  if (now < announce_at_) return {};
  TRY(const int announced, store_.announce_again(options_.announce_age, options_.announce_max));
  announce_at_ = now + options_.announce_interval;
  if (announced > 0) log_.info("unclaimed jobs announced again", {{"jobs", announced}});
  return {};
}

}  // namespace trainyard::control
