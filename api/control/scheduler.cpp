#include "api/control/scheduler.hpp"

#include "common/wire/json_text.hpp"

#include <algorithm>

namespace trainyard::control {
namespace {

ports::Decision decision(TimePoint at, std::string outcome, std::string reason,
                         wire::JsonText data) {
  return {
      .at = at, .outcome = std::move(outcome), .reason = std::move(reason), .data = data.take()};
}

std::optional<TimePoint> time_of(std::optional<domain::Instant> instant) {
  if (!instant) return std::nullopt;
  return TimePoint(*instant);
}

}  // namespace

Scheduler::Scheduler(log::Log log, ports::DefinitionStore& store, const Clock& clock,
                     SchedulerOptions options)
    : log_(log),
      store_(store),
      clock_(clock),
      options_(std::move(options)),
      outage_(log, "store (schedules)", options_.backoff),
      ticker_([this] { return round(); }) {}

milliseconds Scheduler::round() {
  const auto now = clock_.now();
  const auto due = store_.due(ports::DefinitionKind::schedule, now, options_.set_max);
  if (!due) return outage_.failed(due.error());
  for (const auto& schedule : *due) {
    if (const auto done = run(schedule, now); !done) return outage_.failed(done.error());
  }
  const auto next = store_.next_due(ports::DefinitionKind::schedule);
  if (!next) return outage_.failed(next.error());
  outage_.over();
  if (!*next) return options_.rescan;
  return std::clamp(std::chrono::ceil<milliseconds>(**next - clock_.now()), milliseconds(0),
                    options_.rescan);
}

Result<void> Scheduler::run(const ports::Definition& schedule, TimePoint now) {
  ports::Advance advance{.kind = schedule.kind,
                         .name = schedule.name,
                         .revision = schedule.revision,
                         .state = schedule.state,
                         .due_at = std::nullopt,
                         .decisions = {}};
  const auto spec = wire::parse_schedule(schedule.spec);
  const auto zone = spec ? options_.find_zone(spec->timezone) : std::unexpected(spec.error());
  if (!zone) {
    advance.decisions.push_back(decision(now, "failed", describe(zone.error()), {}));
  } else {
    const auto round = domain::decide_round(
        spec->schedule, **zone, std::chrono::ceil<std::chrono::seconds>(*schedule.due_at),
        std::chrono::floor<std::chrono::seconds>(now));
    if (round.missed > 0) {
      advance.decisions.push_back(
          decision(now, "skipped", "nobody was there to run them in time",
                   std::move(wire::JsonText().number("occurrences", round.missed))));
    }
    for (const auto at : round.fires) {
      TRY(auto fired, fire(schedule, spec->order, at));
      advance.decisions.push_back(std::move(fired));
    }
    advance.due_at = time_of(round.next);
    if (!round.fires.empty()) {
      advance.state = wire::JsonText().text("last_fire", to_iso8601(round.fires.back())).take();
    }
  }
  const auto advanced = store_.advance(advance);
  // It was changed or run by somebody else meanwhile: the next round sees what it is now.
  if (advanced || advanced.error().code == Errc::conflict) return {};
  return fail(advanced.error());
}

Result<ports::Decision> Scheduler::fire(const ports::Definition& schedule,
                                        wire::TrainingOrder order, domain::Instant at) {
  const auto time = to_iso8601(at);
  order.cause = {.id = schedule.name + "@" + time,
                 .source = "trainyard/schedules",
                 .subject = schedule.name,
                 .type = "trainyard.schedule.fired.v1"};
  order.user_id = schedule.user_id;
  const auto started = options_.start(order);
  if (!started && runtime::may_pass(started.error())) return fail(started.error());
  auto data = std::move(wire::JsonText().text("occurrence", time));
  if (!started) {
    log_.warn("a schedule could not start its training",
              {{"schedule", schedule.name}, {"reason", started.error()}});
    return decision(clock_.now(), "failed", describe(started.error()), std::move(data));
  }
  data.text("batch_id", *started);
  return decision(clock_.now(), "fired", "it was time", std::move(data));
}

}  // namespace trainyard::control
