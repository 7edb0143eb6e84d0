#pragma once

#include "common/domain/schedule.hpp"
#include "common/wire/training_order.hpp"

namespace trainyard::wire {

// A schedule as a user writes it: {cron, timezone: "UTC", misfire: "run_once", catch_up: 10,
// enabled: true} and what to train, as in parse_training with `template`.
struct ScheduleSpec {
  domain::Schedule schedule;
  std::string timezone;
  bool enabled = true;
  TrainingOrder order;  // without its cause
};

// Errors: corrupt_data, invalid_argument naming the key. Whether the zone exists is not checked.
Result<ScheduleSpec> parse_schedule(std::string_view object);
// `object` with `enabled` set.
std::string with_enabled(std::string_view object, std::string_view truth);

}  // namespace trainyard::wire
