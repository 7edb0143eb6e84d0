#include "api/control/dispatcher.hpp"

namespace trainyard::control {

Dispatcher::Dispatcher(log::Log log, ports::DispatchStore& line, ports::JobStore& store,
                       const Clock& clock, DispatcherOptions options)
    : log_(log),
      line_(line),
      store_(store),
      clock_(clock),
      options_(options),
      announce_at_(std::chrono::steady_clock::now() + options.announce_interval),
      outage_(log, "store (admitting jobs)", options.backoff),
      ticker_([this] { return round(); }) {}

void Dispatcher::expect(TimePoint due) {
  if (due < next_look_.load()) ticker_.wake();
}

void Dispatcher::room_changed() {
  if (wants_room_.load()) ticker_.wake();
}

milliseconds Dispatcher::round() {
  const auto now = std::chrono::steady_clock::now();
  if (const auto rest = looked_at_ + options_.pace - now; rest > milliseconds(0)) {
    return std::chrono::ceil<milliseconds>(rest);
  }
  const auto pause = admit_due();
  looked_at_ = std::chrono::steady_clock::now();
  if (!pause) return outage_.failed(pause.error());
  if (const auto announced = announce_forgotten(); !announced) {
    return outage_.failed(announced.error());
  }
  outage_.over();
  return *pause;
}

Result<milliseconds> Dispatcher::admit_due() {
  // What is expected or freed while this round looks is either seen by it or wakes the next one.
  next_look_ = TimePoint::max();
  wants_room_ = true;
  TRY(const auto admitted, admit(line_, store_, options_.set_max));
  wants_room_ = admitted.more_wait_for_room;
  TRY(const auto due, store_.next_due());
  auto pause = due && *due > clock_.now() ? until(*due) : options_.rescan;
  if (admitted.more_wait_for_room) pause = std::min(pause, options_.retry_room);
  if (admitted.next_at) pause = std::min(pause, until(*admitted.next_at));
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
