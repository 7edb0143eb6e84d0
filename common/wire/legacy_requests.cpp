#include "common/wire/legacy_requests.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr const char* segment_column = "segment_id";

bool is_given(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && !found->is_null();
}

// Absent is what null says; there, a null is one for "not set".
void drop_nulls(json& object) {
  for (auto member = object.begin(); member != object.end();)
    member = member->is_null() ? object.erase(member) : std::next(member);
}

bool has_column(const json& rows, const char* name) {
  return std::ranges::any_of(
      rows, [&](const json& row) { return row.is_object() && row.contains(name); });
}

// Rows that came with the name of their segment get the column that says so.
void name_segment_column(json& config) {
  auto rows = config.find("data");
  if (rows == config.end() || !rows->is_array() || config.contains("segment_col")) return;
  if (!has_column(*rows, segment_column)) {
    const auto segment = config.find("segment_id");
    if (segment == config.end()) return;
    for (auto& row : *rows) {
      if (row.is_object()) row[segment_column] = *segment;
    }
  }
  config["segment_col"] = segment_column;
}

Result<json> parse_config(std::string_view body) {
  TRY(json config, parse_object(body));
  drop_nulls(config);
  if (is_given(config, "segment_id") && config["segment_id"].is_number_integer()) {
    config["segment_id"] = config["segment_id"].dump();
  }
  return config;
}

// An object with the name among its members becomes the name.
Result<json> names_of(const json& segments) {
  if (!segments.is_array()) {
    return wrong("segments", "segments must be a list", R"(e.g. [{"segment_id": "north"}])");
  }
  json names = json::array();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& segment = segments[i];
    if (segment.is_object() && !is_given(segment, "segment_id")) {
      return wrong(fmt::format("segments[{}]", i), "this segment has no segment_id");
    }
    names.push_back(segment.is_object() ? segment["segment_id"] : segment);
  }
  return names;
}

}  // namespace

Result<JobRequest> parse_train_request(std::string_view body) {
  TRY(json config, parse_config(body));
  name_segment_column(config);
  return parse_job_request(json{{"config", std::move(config)}}.dump());
}

Result<BatchRequest> parse_train_batch_request(std::string_view body) {
  TRY(json config, parse_config(body));
  json request = json::object();
  if (const auto segments = config.find("segments"); segments != config.end()) {
    TRY(request["segments"], names_of(*segments));
    if (request["segments"].empty()) request.erase("segments");
    config.erase(segments);
  }
  name_segment_column(config);
  request["config"] = std::move(config);
  return parse_batch_request(request.dump());
}

}  // namespace trainyard::wire
