#include "api/control/trigger_runner.hpp"

#include "api/control/event_message.hpp"

#include <set>

namespace trainyard::control {
namespace {

using std::chrono::steady_clock;

constexpr int page_max = 200;
constexpr auto kind = ports::DefinitionKind::trigger;

}  // namespace

TriggerRunner::TriggerRunner(log::Log log, ports::DefinitionStore& store, ports::EventBus& bus,
                             const Clock& clock, TriggerRunnerOptions options)
    : log_(log),
      store_(store),
      bus_(bus),
      clock_(clock),
      options_(std::move(options)),
      outage_(log, "store (triggers)", options_.backoff),
      reload_at_(steady_clock::now()),
      ticker_([this] { return round(); }) {}

milliseconds TriggerRunner::round() {
  if (steady_clock::now() >= reload_at_) {
    if (const auto loaded = reload(); !loaded) return outage_.failed(loaded.error());
    reload_at_ = steady_clock::now() + options_.reload;
  }
  std::vector<Report> reports;
  {
    const std::lock_guard lock(reports_->mutex);
    reports.swap(reports_->waiting);
  }
  for (const auto& report : reports) {
    if (const auto taken = take(report); !taken) return outage_.failed(taken.error());
  }
  for (auto& [name, watched] : watched_) {
    if (!watched.watch || steady_clock::now() < watched.look_at) continue;
    if (const auto looked = look(name, watched); !looked) return outage_.failed(looked.error());
  }
  outage_.over();
  return watched_.empty() ? options_.reload : options_.look;
}

Result<void> TriggerRunner::reload() {
  std::set<std::string> present;
  std::string after;
  while (true) {
    TRY(const auto page, store_.list(kind, after, page_max));
    for (const auto& definition : page) {
      present.insert(definition.name);
      const auto known = watched_.find(definition.name);
      if (known != watched_.end() && known->second.revision == definition.revision) continue;
      watched_[definition.name] = watched(definition);
    }
    if (std::ssize(page) < page_max) break;
    after = page.back().name;
  }
  std::erase_if(watched_, [&](const auto& each) { return !present.contains(each.first); });
  return {};
}

TriggerRunner::Watched TriggerRunner::watched(const ports::Definition& definition) {
  Watched made{.revision = definition.revision, .watch = std::nullopt, .look_at = {}};
  const auto spec = wire::parse_trigger(definition.spec);
  auto zone = spec ? options_.find_zone(spec->timezone) : std::unexpected(spec.error());
  auto watch = zone ? TriggerWatch::make(definition, *zone, options_.open_log(spec->table))
                    : std::unexpected(zone.error());
  if (!watch) {
    log_.error("a trigger cannot be read",
               {{"trigger", definition.name}, {"reason", watch.error()}});
    std::ignore =
        store_.note(kind, definition.name,
                    {.at = clock_.now(), .outcome = "failed", .reason = describe(watch.error())});
  } else if (watch->spec().enabled) {
    made.watch = *std::move(watch);
  }
  return made;
}

Result<void> TriggerRunner::look(const std::string& name, Watched& watched) {
  auto& watch = *watched.watch;
  const auto now = clock_.now();
  // Where links lead may change, so it is asked each time.
  auto looked = options_.check_table(watch.spec().table);
  if (looked) looked = watch.look(now);
  if (!looked) {
    watch.stuck("the log cannot be read", looked.error(), now);
    watched.look_at = steady_clock::now() + options_.stuck;
  }
  TRY(const bool is_current, store(name, watched));
  if (is_current) publish(name, watched);
  return {};
}

void TriggerRunner::publish(const std::string& name, Watched& watched) {
  const auto event = watched.watch->event();
  if (!event || watched.on_its_way == event->id) return;
  watched.on_its_way = event->id;
  const auto message = to_message(ports::topics::retrain_requested, *event);
  bus_.publish(
      {&message, 1}, [reports = reports_, name, id = event->id](std::size_t, Result<void> fate) {
        const std::lock_guard lock(reports->mutex);
        reports->waiting.push_back({.name = name, .event_id = id, .fate = std::move(fate)});
      });
}

Result<void> TriggerRunner::take(const Report& report) {
  const auto found = watched_.find(report.name);
  if (found == watched_.end() || found->second.on_its_way != report.event_id) return {};
  auto& watched = found->second;
  watched.on_its_way.clear();
  if (report.fate) {
    watched.watch->told();
  } else {
    watched.watch->stuck("the event cannot be published", report.fate.error(), clock_.now());
    watched.look_at = steady_clock::now() + options_.stuck;
  }
  TRY_DO(store(report.name, watched));
  return {};
}

Result<bool> TriggerRunner::store(const std::string& name, Watched& watched) {
  auto& watch = *watched.watch;
  if (!watch.changed()) return true;
  const auto advanced = store_.advance({.kind = kind,
                                        .name = name,
                                        .revision = watched.revision,
                                        .state = wire::to_json(watch.state()),
                                        .due_at = std::nullopt,
                                        .decisions = watch.decisions()});
  if (advanced) {
    watched.revision = *advanced;
    watch.stored();
    return true;
  }
  // What was decided here is void: it is read again as it is stored.
  watched = {};
  reload_at_ = steady_clock::now();
  if (advanced.error().code == Errc::conflict) return false;
  return fail(advanced.error());
}

}  // namespace trainyard::control
