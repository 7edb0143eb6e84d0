#include "common/wire/trigger_json.hpp"

#include "common/wire/spec_fields.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 11> trigger_keys{"table",
                                                        "start",
                                                        "enabled",
                                                        "min_rows",
                                                        "debounce_seconds",
                                                        "cooldown_seconds",
                                                        "window",
                                                        "segment_col",
                                                        "changed_segments_only",
                                                        "template",
                                                        "on_schema_change"};
constexpr std::int64_t seconds_max = 30LL * 24 * 3'600;
constexpr std::int64_t rows_max = std::int64_t{1} << 50;

template <class T>
Result<T> choice_at(const json& object, const std::string& key,
                    std::initializer_list<std::pair<std::string_view, T>> choices) {
  TRY(const auto name, text_at(object, key, std::string(choices.begin()->first)));
  std::string names;
  for (const auto& [known, value] : choices) {
    if (known == name) return value;
    names += fmt::format("{}{}", names.empty() ? "" : " or ", known);
  }
  return must_be(key, names);
}

Result<std::chrono::minutes> time_of_day(const json& window, const std::string& key) {
  TRY(const auto text, text_at(window, key, ""));
  int hour = -1;
  int minute = -1;
  const auto* begin = text.data();
  if (text.size() == 5 && text[2] == ':' &&
      std::from_chars(begin, begin + 2, hour).ptr == begin + 2 &&
      std::from_chars(begin + 3, begin + 5, minute).ptr == begin + 5 && hour >= 0 && hour < 24 &&
      minute >= 0 && minute < 60) {
    return std::chrono::hours(hour) + std::chrono::minutes(minute);
  }
  return must_be("window." + key, "a time of the day, as 22:30");
}

Result<void> take_window(const json& tree, TriggerSpec& spec) {
  const auto window = tree.find("window");
  if (window == tree.end()) return {};
  if (!window->is_object()) return must_be("window", "{from, until, timezone}");
  TRY(spec.policy.window.from, time_of_day(*window, "from"));
  TRY(spec.policy.window.until, time_of_day(*window, "until"));
  TRY(spec.timezone, text_at(*window, "timezone", "UTC"));
  return {};
}

Result<void> take_policy(const json& tree, domain::TriggerPolicy& policy) {
  TRY(policy.min_rows, number_at(tree, "min_rows", 1, {.least = 0, .most = rows_max}));
  TRY(const auto debounce,
      number_at(tree, "debounce_seconds", 0, {.least = 0, .most = seconds_max}));
  policy.debounce = std::chrono::seconds(debounce);
  TRY(const auto cooldown,
      number_at(tree, "cooldown_seconds", 0, {.least = 0, .most = seconds_max}));
  policy.cooldown = std::chrono::seconds(cooldown);
  TRY(policy.on_schema_change,
      choice_at<domain::OnSchemaChange>(
          tree, "on_schema_change",
          {{"train", domain::OnSchemaChange::train}, {"ignore", domain::OnSchemaChange::ignore}}));
  return {};
}

json tree_of(const domain::PendingChange& change) {
  json tree{{"from", change.from},
            {"to", change.to},
            {"rows", change.rows},
            {"all_rows_told", change.all_rows_told},
            {"schema_changed", change.schema_changed},
            {"first_seen", to_iso8601(change.first_seen)},
            {"last_seen", to_iso8601(change.last_seen)}};
  if (change.segments) tree["segments"] = *change.segments;
  return tree;
}

TimePoint time_at(const json& tree, const char* key) {
  return from_iso8601(tree.at(key).get_ref<const std::string&>()).value_or(TimePoint());
}

domain::PendingChange change_of(const json& tree) {
  domain::PendingChange change{.from = tree.at("from"),
                               .to = tree.at("to"),
                               .rows = tree.at("rows"),
                               .all_rows_told = tree.at("all_rows_told"),
                               .schema_changed = tree.at("schema_changed"),
                               .segments = std::nullopt,
                               .first_seen = time_at(tree, "first_seen"),
                               .last_seen = time_at(tree, "last_seen")};
  if (tree.contains("segments")) change.segments = tree["segments"].get<std::set<std::string>>();
  return change;
}

domain::TriggerState state_of(const json& tree) {
  domain::TriggerState state;
  if (tree.contains("version")) state.version = tree["version"].get<std::int64_t>();
  state.schema = tree.value("schema", "");
  if (tree.contains("pending")) state.pending = change_of(tree["pending"]);
  if (tree.contains("firing")) state.firing = change_of(tree["firing"]);
  state.fired_because = tree.value("fired_because", "");
  if (tree.contains("begun_at")) state.begun_at = time_at(tree, "begun_at");
  if (tree.contains("fired_at")) state.fired_at = time_at(tree, "fired_at");
  state.waiting_for = tree.value("waiting_for", "");
  return state;
}

}  // namespace

Result<TriggerSpec> parse_trigger(std::string_view object) {
  TRY(auto order, parse_training(object, trigger_keys));
  const auto tree = json::parse(object);
  TriggerSpec spec{.order = std::move(order)};
  TRY(spec.table, text_at(tree, "table", ""));
  if (spec.table.empty()) return must_be("table", "the path of a Delta table");
  TRY(spec.start,
      choice_at<StartAt>(tree, "start",
                         {{"latest", StartAt::latest}, {"earliest", StartAt::earliest}}));
  TRY(spec.enabled, truth_at(tree, "enabled", true));
  TRY_DO(take_policy(tree, spec.policy));
  TRY_DO(take_window(tree, spec));
  const auto config = json::parse(spec.order.config);
  TRY(const auto of_config, text_at(config, "segment_col", ""));
  TRY(spec.segment_col, text_at(tree, "segment_col", of_config));
  TRY(spec.changed_segments_only, truth_at(tree, "changed_segments_only", false));
  if (spec.changed_segments_only && spec.segment_col.empty()) {
    return must_be("segment_col",
                   "the column that tells the segments, to train the changed ones only");
  }
  spec.order.table = spec.table;
  return spec;
}

std::string to_json(const domain::PendingChange& change) {
  return tree_of(change).dump();
}

std::string to_json(const domain::TriggerState& state) {
  json tree = json::object();
  if (state.version) tree["version"] = *state.version;
  if (!state.schema.empty()) tree["schema"] = state.schema;
  if (state.pending) tree["pending"] = tree_of(*state.pending);
  if (state.firing) tree["firing"] = tree_of(*state.firing);
  if (!state.fired_because.empty()) tree["fired_because"] = state.fired_because;
  if (state.begun_at != TimePoint()) tree["begun_at"] = to_iso8601(state.begun_at);
  if (state.fired_at) tree["fired_at"] = to_iso8601(*state.fired_at);
  if (!state.waiting_for.empty()) tree["waiting_for"] = state.waiting_for;
  return tree.dump();
}

Result<domain::TriggerState> parse_trigger_state(std::string_view object) {
  const auto tree = json::parse(object, nullptr, false);
  try {
    if (tree.is_object()) return state_of(tree);
  } catch (const json::exception&) {
  }
  return fail(Errc::corrupt_data, "the state of the trigger cannot be read");
}

}  // namespace trainyard::wire
