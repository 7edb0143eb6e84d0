#include "api/service/schedules.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

constexpr auto kind = ports::DefinitionKind::schedule;

Result<ports::Definition> put(const Scheduling& with, const Caller& caller, std::string_view name,
                              std::string spec_text,
                              const std::optional<ports::Definition>& known) {
  TRY(const auto spec, wire::parse_schedule(spec_text));
  TRY_DO(check_data(with.intake, spec.order.config));
  TRY(const auto zone, with.find_zone(spec.timezone));
  ports::NewDefinition definition{.kind = kind,
                                  .name = std::string(name),
                                  .user_id = owner_of(caller, known),
                                  .spec = std::move(spec_text)};
  if (known) definition.state = known->state;
  if (spec.enabled) {
    const auto next =
        spec.schedule.cron.next(*zone, std::chrono::floor<std::chrono::seconds>(with.clock.now()));
    if (next) definition.due_at = TimePoint(*next);
  }
  return with.definitions.put(definition, known ? known->revision : 0);
}

}  // namespace

Result<ports::Definition> put_schedule(const Scheduling& with, const Caller& caller,
                                       std::string_view name, std::string_view body) {
  TRY(const auto known, may_put(with.definitions, caller, kind, name));
  TRY_DO(wire::parse_schedule(body));
  return put(with, caller, name, wire::compact(body), known);
}

Result<ports::Definition> enable_schedule(const Scheduling& with, const Caller& caller,
                                          std::string_view name, Enabled enabled) {
  TRY(auto known, own_definition(with.definitions, caller, kind, name));
  const auto* truth = enabled == Enabled::yes ? "true" : "false";
  auto text = wire::with_enabled(known.spec, truth);
  return put(with, caller, name, std::move(text), std::move(known));
}

Result<StartedTraining> run_schedule(const Starting& with, const Caller& caller,
                                     std::string_view name) {
  TRY(const auto known, own_definition(with.definitions, caller, kind, name));
  TRY(const auto spec, wire::parse_schedule(known.spec));
  auto order = spec.order;
  order.cause = {.id = fmt::format("{}@{}", name, caller.new_id().to_string()),
                 .source = "trainyard/schedules",
                 .subject = std::string(name),
                 .type = "trainyard.schedule.run.v1"};
  return start_training(with, caller, order);
}

}  // namespace trainyard::service
