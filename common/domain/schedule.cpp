#include "common/domain/schedule.hpp"

#include <algorithm>

namespace trainyard::domain {
namespace {

// The newest `most` occurrences from `due` until `until`, oldest first.
std::vector<Instant> newest(const Schedule& schedule, const Zone& zone, Instant due, Instant until,
                            int most) {
  std::vector<Instant> found;
  auto at = schedule.cron.previous(zone, until);
  while (at && *at >= due && std::ssize(found) < most) {
    found.push_back(*at);
    at = schedule.cron.previous(zone, *at - std::chrono::seconds(1));
  }
  std::ranges::reverse(found);
  return found;
}

int catch_up_of(const Schedule& schedule, bool one_is_on_time) {
  switch (schedule.misfire) {
    case Misfire::skip:
      return 0;
    case Misfire::run_once:
      return one_is_on_time ? 0 : 1;
    case Misfire::run_all:
      return schedule.catch_up;
  }
  return 0;
}

}  // namespace

std::string_view to_string(Misfire misfire) {
  switch (misfire) {
    case Misfire::skip:
      return "skip";
    case Misfire::run_once:
      return "run_once";
    case Misfire::run_all:
      return "run_all";
  }
  return "";
}

std::optional<Misfire> misfire_from(std::string_view name) {
  for (const auto misfire : all_misfires) {
    if (to_string(misfire) == name) return misfire;
  }
  return std::nullopt;
}

ScheduleRound decide_round(const Schedule& schedule, const Zone& zone, Instant due, Instant now) {
  ScheduleRound round{.next =
                          schedule.cron.next(zone, std::max(now, due - std::chrono::seconds(1)))};
  if (due > now) return round;
  constexpr int on_time_max = 60;
  const auto timely_from = std::max(due, now - schedule.grace);
  const auto on_time = newest(schedule, zone, timely_from, now, on_time_max);
  auto late =
      newest(schedule, zone, due, timely_from - std::chrono::seconds(1), ScheduleRound::missed_max);
  const auto caught_up =
      std::min<std::ptrdiff_t>(std::ssize(late), catch_up_of(schedule, !on_time.empty()));
  round.missed = static_cast<int>(std::ssize(late) - caught_up);
  round.fires.assign(late.end() - caught_up, late.end());
  round.fires.insert(round.fires.end(), on_time.begin(), on_time.end());
  return round;
}

}  // namespace trainyard::domain
