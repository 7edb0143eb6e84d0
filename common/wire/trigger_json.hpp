#pragma once

#include "common/domain/trigger.hpp"
#include "common/wire/training_order.hpp"

namespace trainyard::wire {

enum class StartAt { latest, earliest };

// A trigger as a user writes it: {table, start: "latest", enabled: true, min_rows: 1,
// debounce_seconds: 0, cooldown_seconds: 0, on_schema_change: "train", window: {from, until,
// timezone}, segment_col, changed_segments_only: false} and what to train, as in parse_training
// with `template`.
struct TriggerSpec {
  std::string table;
  StartAt start = StartAt::latest;
  bool enabled = true;
  domain::TriggerPolicy policy;
  std::string timezone = "UTC";  // of the window
  std::string segment_col;
  bool changed_segments_only = false;
  TrainingOrder order;  // without its cause
};

// Errors: corrupt_data, invalid_argument naming the key. Whether the zone exists is not checked.
Result<TriggerSpec> parse_trigger(std::string_view object);

std::string to_json(const domain::TriggerState& state);
Result<domain::TriggerState> parse_trigger_state(std::string_view object);
// What a decision was made on.
std::string to_json(const domain::PendingChange& change);

}  // namespace trainyard::wire
