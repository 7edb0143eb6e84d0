#pragma once

#include "common/base/time.hpp"
#include "common/domain/table_commit.hpp"
#include "common/domain/zone.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

// When the commits of a table are reason enough to train again. Pure.

namespace trainyard::domain {

// A part of each day; `until` before `from` reaches over midnight, equal ones are the whole day.
struct DayWindow {
  std::chrono::minutes from{0};
  std::chrono::minutes until{0};
};

enum class OnSchemaChange {
  train,   // reason enough by itself
  ignore,  // counts no more than other commits
};

struct TriggerPolicy {
  std::int64_t min_rows = 1;         // changed since the last training; 0: any commit will do
  std::chrono::seconds debounce{0};  // quiet time after the last commit, waited for 10 times
  std::chrono::seconds cooldown{0};  // between two trainings
  OnSchemaChange on_schema_change = OnSchemaChange::train;
  DayWindow window;
};

// Commits that are not trained on yet.
struct PendingChange {
  std::int64_t from = 0;  // versions, both included
  std::int64_t to = 0;
  std::int64_t rows = 0;
  bool all_rows_told = true;
  bool schema_changed = false;
  std::optional<std::set<std::string>> segments;  // none: any may have changed
  TimePoint first_seen;
  TimePoint last_seen;
  bool operator==(const PendingChange&) const = default;
};

inline constexpr std::size_t segments_told_max = 1'000;

// Where a trigger stands.
struct TriggerState {
  std::optional<std::int64_t> version;  // the last one seen; none: not looked yet; -1: no table yet
  std::string schema;                   // as of that version, if known
  std::optional<PendingChange> pending;
  std::optional<PendingChange> firing;  // decided, and perhaps not told yet; nothing is read before
  std::string fired_because;
  std::optional<TimePoint> fired_at;
  TimePoint begun_at;       // versions are numbered from then on: a new table has the same again
  std::string waiting_for;  // why nothing happens, as last recorded
};

// Takes a commit in; answers why it is no reason to train, or nothing.
std::optional<std::string> take_in(TriggerState& state, const TableCommit& commit, TimePoint now);
// Versions up to `version` are gone from the log unread: anything may have changed.
void take_in_lost(TriggerState& state, std::int64_t version, TimePoint now);
// The table was made anew, its oldest version being `first`: what is known of the old one is void.
void begin_anew(TriggerState& state, std::int64_t first, TimePoint now);

struct Verdict {
  bool fire = false;
  std::string reason;              // for people
  std::optional<TimePoint> again;  // when time alone may change it
};

// What is to be done about the pending change, which there is.
Verdict judge(const TriggerPolicy& policy, const Zone& zone, const TriggerState& state,
              TimePoint now);

}  // namespace trainyard::domain
