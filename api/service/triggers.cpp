#include "api/service/triggers.hpp"

#include "common/wire/schedule_json.hpp"
#include "common/wire/trigger_json.hpp"

namespace trainyard::service {
namespace {

constexpr auto kind = ports::DefinitionKind::trigger;
constexpr int tries_max = 10;  // against the runner, which writes what it has seen

using Known = std::optional<ports::Definition>;
using MakeSpec = std::function<std::string(const Known& known)>;

Result<ports::Definition> put(const Triggering& with, const Caller& caller, std::string_view name,
                              const MakeSpec& make_spec) {
  for (int tries = 1;; ++tries) {
    TRY(const auto known, may_put(with.definitions, caller, kind, name));
    auto text = make_spec(known);
    TRY(const auto spec, wire::parse_trigger(text));
    TRY_DO(with.find_zone(spec.timezone));
    TRY_DO(check_table(with.intake, spec.table));
    TRY_DO(check_data(with.intake, spec.order.config));
    ports::NewDefinition definition{.kind = kind,
                                    .name = std::string(name),
                                    .user_id = owner_of(caller, known),
                                    .spec = std::move(text)};
    if (known) {
      const auto before = wire::parse_trigger(known->spec);
      if (before && before->table == spec.table) definition.state = known->state;
    }
    auto stored = with.definitions.put(definition, known ? known->revision : 0);
    if (stored || stored.error().code != Errc::conflict || tries == tries_max) return stored;
  }
}

}  // namespace

Result<void> check_table(const JobIntake& intake, const std::string& table) {
  if (!intake.check_path) return {};
  auto checked = intake.check_path(table);
  if (!checked) checked.error().field = "table";
  return checked;
}

Result<ports::Definition> put_trigger(const Triggering& with, const Caller& caller,
                                      std::string_view name, std::string_view body) {
  TRY_DO(wire::parse_trigger(body));
  return put(with, caller, name, [&](const Known&) { return wire::compact(body); });
}

Result<ports::Definition> enable_trigger(const Triggering& with, const Caller& caller,
                                         std::string_view name, Enabled enabled) {
  TRY_DO(own_definition(with.definitions, caller, kind, name));
  const auto* truth = enabled == Enabled::yes ? "true" : "false";
  return put(with, caller, name, [&](const Known& known) {
    return wire::with_enabled(known ? known->spec : "{}", truth);
  });
}

}  // namespace trainyard::service
