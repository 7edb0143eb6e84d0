#include "common/wire/schedule_json.hpp"

#include "common/wire/spec_fields.hpp"

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 6> schedule_keys{"cron",     "timezone", "misfire",
                                                        "catch_up", "enabled",  "template"};

}  // namespace

Result<ScheduleSpec> parse_schedule(std::string_view object) {
  TRY(auto order, parse_training(object, schedule_keys));
  const auto tree = json::parse(object);
  ScheduleSpec spec{.schedule = {}, .timezone = {}, .order = std::move(order)};
  TRY(const auto cron, text_at(tree, "cron", ""));
  TRY(spec.schedule.cron, domain::Cron::parse(cron));
  TRY(spec.timezone, text_at(tree, "timezone", "UTC"));
  TRY(const auto misfire, text_at(tree, "misfire", "run_once"));
  const auto known = domain::misfire_from(misfire);
  if (!known) return must_be("misfire", "skip, run_once or run_all");
  spec.schedule.misfire = *known;
  TRY(const auto catch_up, number_at(tree, "catch_up", spec.schedule.catch_up,
                                     {.least = 1, .most = domain::catch_up_max}));
  spec.schedule.catch_up = static_cast<int>(catch_up);
  TRY(spec.enabled, truth_at(tree, "enabled", true));
  return spec;
}

std::string with_enabled(std::string_view object, std::string_view truth) {
  auto tree = json::parse(object);
  tree["enabled"] = json::parse(truth);
  return tree.dump();
}

}  // namespace trainyard::wire
