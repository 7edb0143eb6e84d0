#include "common/domain/trigger.hpp"

#include "common/domain/cron.hpp"

#include <algorithm>

namespace trainyard::domain {
namespace {

using namespace std::chrono;

constexpr int debounces_max = 10;

PendingChange& pending_of(TriggerState& state, std::int64_t version, TimePoint now) {
  if (!state.pending) {
    state.pending =
        PendingChange{.from = version, .segments = std::set<std::string>(), .first_seen = now};
  }
  state.pending->to = version;
  state.pending->last_seen = now;
  return *state.pending;
}

void merge_segments(PendingChange& pending, const std::optional<std::set<std::string>>& segments) {
  if (!segments) pending.segments.reset();
  if (!pending.segments) return;
  pending.segments->insert(segments->begin(), segments->end());
  if (pending.segments->size() > segments_told_max) pending.segments.reset();
}

// When the window opens next, if it is closed.
std::optional<TimePoint> opening(const DayWindow& window, const Zone& zone, TimePoint now) {
  if (window.from == window.until) return std::nullopt;
  const auto instant = floor<seconds>(now);
  const local_seconds local(instant.time_since_epoch() + zone.span_at(instant).offset);
  const auto day = floor<days>(local);
  const auto time = local - day;
  const bool is_open = window.from < window.until ? time >= window.from && time < window.until
                                                  : time >= window.from || time < window.until;
  if (is_open) return std::nullopt;
  const auto opens = day + window.from;
  return TimePoint(first_instant(zone, time < window.from ? opens : opens + days(1)));
}

std::string rows_text(const PendingChange& pending) {
  return std::to_string(pending.rows) + (pending.all_rows_told ? "" : " or more") + " rows";
}

}  // namespace

std::optional<std::string> take_in(TriggerState& state, const TableCommit& commit, TimePoint now) {
  state.version = commit.version;
  const bool schema_changed =
      !commit.schema.empty() && !state.schema.empty() && commit.schema != state.schema;
  if (!commit.schema.empty()) state.schema = commit.schema;
  if (!commit.changes_data && !schema_changed) return commit.operation + " changed no data";
  auto& pending = pending_of(state, commit.version, now);
  pending.schema_changed = pending.schema_changed || schema_changed;
  if (!commit.changes_data) return std::nullopt;
  pending.rows += commit.rows.value_or(0);
  pending.all_rows_told = pending.all_rows_told && commit.rows.has_value();
  merge_segments(pending, commit.segments);
  return std::nullopt;
}

void take_in_lost(TriggerState& state, std::int64_t version, TimePoint now) {
  auto& pending = pending_of(state, version, now);
  pending.from = std::min(pending.from, state.version.value_or(-1) + 1);
  pending.all_rows_told = false;
  pending.segments.reset();
  state.version = version;
}

void begin_anew(TriggerState& state, std::int64_t first, TimePoint now) {
  state.version = first - 1;
  state.begun_at = now;
  state.schema.clear();
  state.pending.reset();
}

Verdict judge(const TriggerPolicy& policy, const Zone& zone, const TriggerState& state,
              TimePoint now) {
  const auto& pending = *state.pending;
  const bool by_schema = pending.schema_changed && policy.on_schema_change == OnSchemaChange::train;
  // Rows that were not told may be as many as it takes.
  if (!by_schema && pending.all_rows_told && pending.rows < policy.min_rows) {
    return {.reason =
                rows_text(pending) + " of " + std::to_string(policy.min_rows) + " have changed"};
  }
  const auto quiet_at = std::min(pending.last_seen + policy.debounce,
                                 pending.first_seen + debounces_max * policy.debounce);
  if (now < quiet_at) return {.reason = "more commits may follow", .again = quiet_at};
  if (state.fired_at && now < *state.fired_at + policy.cooldown) {
    return {.reason = "the last training was too short a time ago",
            .again = *state.fired_at + policy.cooldown};
  }
  if (const auto opens = opening(policy.window, zone, now)) {
    return {.reason = "it is not the time of the day for it", .again = opens};
  }
  return {.fire = true,
          .reason =
              by_schema ? std::string("the schema changed") : rows_text(pending) + " have changed"};
}

}  // namespace trainyard::domain
