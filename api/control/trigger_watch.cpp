#include "api/control/trigger_watch.hpp"

#include "common/wire/job_events.hpp"
#include "common/wire/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trainyard::control {
namespace {

constexpr int commits_per_look = 100;
constexpr std::int64_t schema_search_max = 200;  // versions back

// The schema as of a version, when a commit not far before carries it.
std::string schema_at(ports::TableLog& log, std::int64_t version) {
  for (auto v = version; v >= std::max<std::int64_t>(0, version - schema_search_max); --v) {
    const auto commit = log.read(v, "");
    if (!commit) return "";
    if (!commit->schema.empty()) return commit->schema;
  }
  return "";
}

std::string commit_json(const domain::TableCommit& commit) {
  return wire::JsonText()
      .number("version", commit.version)
      .text("operation", commit.operation)
      .take();
}

}  // namespace

Result<TriggerWatch> TriggerWatch::make(const ports::Definition& definition,
                                        std::shared_ptr<const domain::Zone> zone,
                                        std::unique_ptr<ports::TableLog> log) {
  TriggerWatch watch;
  TRY(watch.spec_, wire::parse_trigger(definition.spec));
  TRY(watch.state_, wire::parse_trigger_state(definition.state));
  watch.name_ = definition.name;
  watch.zone_ = std::move(zone);
  watch.log_ = std::move(log);
  return watch;
}

void TriggerWatch::note(TimePoint at, std::string outcome, std::string reason, std::string data) {
  changed_ = true;
  decisions_.push_back({.at = at,
                        .outcome = std::move(outcome),
                        .reason = std::move(reason),
                        .data = std::move(data)});
}

// A reason is noted when it becomes the reason, not at every look.
void TriggerWatch::wait_for(const std::string& reason, TimePoint now, std::string data) {
  if (state_.waiting_for == reason) return;
  state_.waiting_for = reason;
  note(now, "waiting", reason, std::move(data));
}

Result<void> TriggerWatch::begin(TimePoint now) {
  TRY(const auto latest, log_->latest());
  state_.begun_at = now;
  if (!latest || spec_.start == wire::StartAt::earliest) {
    state_.version = -1;
  } else {
    state_.version = *latest;
    state_.schema = schema_at(*log_, *latest);
  }
  const bool is_all_new = latest && spec_.start == wire::StartAt::earliest;
  note(now, "watching",
       !latest      ? "until the table appears"
       : is_all_new ? "from the first version on"
                    : "from here on",
       wire::JsonText().number("version", *state_.version).take());
  return {};
}

Result<void> TriggerWatch::take_in_new(TimePoint now) {
  for (int i = 0; i < commits_per_look; ++i) {
    const auto version = *state_.version;
    TRY(const auto next, log_->next_after(version));
    if (!next) return {};
    if (*next <= version) {
      domain::begin_anew(state_, *next, now);
      note(now, "noticed", "the table was made anew: all of it is new",
           wire::JsonText().number("version", *next).take());
    } else if (*next > version + 1) {
      domain::take_in_lost(state_, *next - 1, now);
      note(now, "noticed", "versions were cleaned away before they were read: all may have changed",
           wire::JsonText().number("from", version + 1).number("to", *next - 1).take());
    }
    TRY(const auto commit, log_->read(*next, spec_.segment_col));
    changed_ = true;
    if (auto reason = domain::take_in(state_, commit, now)) {
      note(now, "skipped", *std::move(reason), commit_json(commit));
    }
  }
  return {};
}

void TriggerWatch::decide(TimePoint now) {
  if (!state_.pending) return;
  const auto verdict = domain::judge(spec_.policy, *zone_, state_, now);
  if (!verdict.fire) return wait_for(verdict.reason, now, wire::to_json(*state_.pending));
  state_.firing = std::exchange(state_.pending, std::nullopt);
  state_.fired_at = now;
  state_.fired_because = verdict.reason;
  state_.waiting_for.clear();
  note(now, "fired", verdict.reason, wire::to_json(*state_.firing));
}

Result<void> TriggerWatch::look(TimePoint now) {
  if (state_.firing) return {};
  if (!state_.version) TRY_DO(begin(now));
  const auto read = take_in_new(now);
  decide(now);
  return read;
}

void TriggerWatch::stuck(std::string_view what, const Error& why, TimePoint now) {
  wait_for(fmt::format("{}: {}", what, describe(why)), now, "{}");
}

void TriggerWatch::stored() {
  changed_ = false;
  decisions_.clear();
}

// Of those that the trigger is about; all of these when none of them is known to have changed.
std::vector<std::string> TriggerWatch::changed_segments() const {
  const auto& wanted = spec_.order.segments;
  const auto& changed = state_.firing->segments;
  if (!spec_.changed_segments_only || !changed) return wanted;
  std::vector<std::string> found;
  for (const auto& segment : *changed) {
    if (wanted.empty() || std::ranges::find(wanted, segment) != wanted.end())
      found.push_back(segment);
  }
  return found.empty() ? wanted : found;
}

std::optional<wire::CloudEvent> TriggerWatch::event() const {
  if (!state_.firing) return std::nullopt;
  const auto& change = *state_.firing;
  auto order = spec_.order;
  order.trigger = name_;
  order.segments = changed_segments();
  order.cause = {.id = fmt::format("{}-{}@{}", change.from, change.to, to_iso8601(state_.begun_at)),
                 .source = "trainyard/triggers/" + name_,
                 .subject = spec_.table,
                 .type = wire::event_types::retrain_requested};
  return wire::retrain_requested_event(order, change.to, state_.fired_because,
                                       state_.fired_at.value_or(state_.begun_at));
}

void TriggerWatch::told() {
  state_.firing.reset();
  state_.fired_because.clear();
  state_.waiting_for.clear();
  changed_ = true;
}

}  // namespace trainyard::control
