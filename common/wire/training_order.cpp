#include "common/wire/training_order.hpp"

#include "common/wire/job_events.hpp"
#include "common/wire/json_text.hpp"
#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::size_t id_bytes_max = 1'000;
constexpr std::array<std::string_view, 3> training_keys{"config", "segments", "models"};

bool is_one_of(std::span<const std::string_view> keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

Result<void> check_id(const std::string& name, std::string_view text) {
  const bool is_plain = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (is_plain && text.size() <= id_bytes_max) return {};
  return wrong(name, fmt::format("at most {} bytes without control characters", id_bytes_max));
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Segment names and models; a number is the name it is written as.
Result<std::vector<std::string>> names_at(const json& object, const char* key) {
  std::vector<std::string> names;
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return names;
  const auto refused = [&] {
    return wrong(key, fmt::format("{} must be a list of different names", key));
  };
  if (!found->is_array()) return refused();
  for (const auto& name : *found) {
    if (!name.is_string() && !name.is_number_integer()) return refused();
    names.push_back(name.is_string() ? name.get<std::string>() : name.dump());
    if (std::ranges::count(names, names.back()) > 1) return refused();
  }
  return names;
}

Result<void> take_training(const json& object, TrainingOrder& order) {
  TRY(order.segments, names_at(object, "segments"));
  TRY(order.models, names_at(object, "models"));
  order.template_name = text_at(object, "template");
  const auto config = object.find("config");
  if (config == object.end()) return {};
  if (!config->is_object()) {
    return wrong("config", "config must be a JSON object");
  }
  if (config->contains("data")) {
    return wrong("config.data", "rows cannot be given here", "name a data_path");
  }
  order.config = config->dump();
  return {};
}

}  // namespace

std::string to_json(const Cause& cause) {
  return JsonText()
      .text("id", cause.id)
      .text("source", cause.source)
      .text("subject", cause.subject)
      .text("type", cause.type)
      .take();
}

std::string origin_of(const Cause& cause, std::string_view user_id) {
  return fmt::format("{}\n{}\n{}", user_id, cause.source, cause.id);
}

Result<TrainingOrder> parse_retrain_requested(std::string_view text) {
  TRY(const auto event, parse_cloud_event(text));
  if (event.type != event_types::retrain_requested) {
    return wrong("type", fmt::format("an event of type '{}' starts nothing", event.type),
                 fmt::format("send {}", event_types::retrain_requested));
  }
  TRY_DO(check_id("id", event.id));
  TRY_DO(check_id("source", event.source));
  TRY_DO(check_id("subject", event.subject));
  TrainingOrder order{.cause = {.id = event.id,
                                .source = event.source,
                                .subject = event.subject,
                                .type = event.type},
                      .correlation_id = event.correlation_id};
  const auto data = json::parse(event.data);
  TRY_DO(take_training(data, order));
  order.trigger = text_at(data, "trigger");
  order.table = text_at(data, "table");
  const auto version = data.value("version", json());
  if (version.is_number_unsigned()) order.version = version.get<std::int64_t>();
  order.data_path = text_at(data, "data_path");
  return order;
}

CloudEvent retrain_requested_event(const TrainingOrder& order, std::int64_t version,
                                   std::string_view reason, TimePoint now) {
  json data{{"table", order.table}, {"version", version}, {"reason", reason}};
  if (!order.trigger.empty()) data["trigger"] = order.trigger;
  if (!order.template_name.empty()) data["template"] = order.template_name;
  if (!order.segments.empty()) data["segments"] = order.segments;
  if (!order.models.empty()) data["models"] = order.models;
  if (order.config != "{}") data["config"] = json::parse(order.config);
  return {.id = order.cause.id,
          .source = order.cause.source,
          .type = event_types::retrain_requested,
          .subject = order.cause.subject,
          .time = now,
          .correlation_id = order.correlation_id,
          .data = data.dump(-1, ' ', false, json::error_handler_t::replace)};
}

std::string compact(std::string_view object) {
  return json::parse(object).dump();
}

Result<TrainingOrder> parse_training(std::string_view object,
                                     std::span<const std::string_view> more) {
  TRY(const auto tree, parse_object(object));
  for (const auto& [key, ignored] : tree.items()) {
    if (is_one_of(training_keys, key) || is_one_of(more, key)) {
      continue;
    }
    return wrong(key, fmt::format("unknown key '{}'", key),
                 fmt::format("known here: {}{}{}", fmt::join(training_keys, ", "),
                             more.empty() ? "" : ", ", fmt::join(more, ", ")));
  }
  if (tree.contains("template") && !tree["template"].is_string()) {
    return wrong("template", "template must be the name of a stored one");
  }
  TrainingOrder order;
  TRY_DO(take_training(tree, order));
  return order;
}

std::string merged_config(std::string_view base, std::string_view over) {
  auto tree = json::parse(base);
  tree.update(json::parse(over));
  return tree.dump();
}

std::string shared_config(std::string_view job_config) {
  auto tree = json::parse(job_config);
  tree.erase("segment_id");
  tree.erase("models");
  return tree.dump();
}

std::string text_of(std::string_view object, const std::string& key) {
  return text_at(json::parse(object), key.c_str());
}

BatchRequest batch_request(std::string config, std::vector<std::string> segments,
                           std::vector<std::string> models) {
  if (models.empty()) models = models_of(config);
  if (models.empty()) models = {"auto"};
  return {.job = {.config = shared_config(config), .inline_data = {}, .options = {}},
          .models = std::move(models),
          .segments = std::move(segments)};
}

}  // namespace trainyard::wire
