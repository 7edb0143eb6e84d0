#pragma once

#include "common/base/time.hpp"
#include "common/domain/cron.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace trainyard::domain {

// What becomes of occurrences that nobody was there for.
enum class Misfire { skip, run_once, run_all };
inline constexpr std::array all_misfires{Misfire::skip, Misfire::run_once, Misfire::run_all};
std::string_view to_string(Misfire misfire);
std::optional<Misfire> misfire_from(std::string_view name);

inline constexpr int catch_up_max = 100;

struct Schedule {
  Cron cron;
  Misfire misfire = Misfire::run_once;
  int catch_up = 10;               // run_all: the newest so many, 1 to catch_up_max
  std::chrono::seconds grace{60};  // what is no later than this is on time
};

// What is to be done at a moment.
struct ScheduleRound {
  std::vector<Instant> fires;   // oldest first
  int missed = 0;               // occurrences left out, counted up to missed_max
  std::optional<Instant> next;  // when to look again
  static constexpr int missed_max = 10'000;
};

// `due` is the first occurrence that was not dealt with yet. Late ones are skipped, or the newest
// of them stands for all (unless one is on time and stands for them), or the newest are caught up
// with; those on time always fire. Pure.
ScheduleRound decide_round(const Schedule& schedule, const Zone& zone, Instant due, Instant now);

}  // namespace trainyard::domain
