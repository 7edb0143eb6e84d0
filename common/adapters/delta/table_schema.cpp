#include "common/adapters/delta/table_schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace trainyard::delta {
namespace {

using nlohmann::json;

// Versions before 3 ask for column mapping at most.
constexpr int features_version = 3;

constexpr std::array known_features{"columnMapping", "deletionVectors", "timestampNtz",
                                    "typeWidening",  "v2Checkpoint",    "vacuumProtocolCheck"};

std::unexpected<Error> refuse_feature(std::string_view feature) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("the table uses '{}', which is not read here", feature),
                    .hint = "drop the feature from the table, or name a copy of it"});
}

}  // namespace

Result<void> check_protocol(const std::string& protocol) {
  const auto asked = json::parse(protocol, nullptr, false);
  if (!asked.is_object()) {
    return fail(Errc::corrupt_data, "the table's log says nothing of its protocol");
  }
  const auto version = asked.value("minReaderVersion", 0);
  if (version > features_version) return refuse_feature(fmt::format("reader version {}", version));
  const auto features = asked.value("readerFeatures", json());
  for (const auto& feature : features.is_array() ? features : json::array()) {
    const auto name = feature.is_string() ? feature.get<std::string>() : feature.dump();
    if (std::ranges::find(known_features, name) == known_features.end()) {
      return refuse_feature(name);
    }
  }
  return {};
}

Result<std::vector<TableColumn>> columns_of(const std::string& metadata) {
  const auto action = json::parse(metadata, nullptr, false);
  const auto text = action.is_object() ? action.value("schemaString", "") : std::string();
  const auto schema = json::parse(text, nullptr, false);
  if (!schema.is_object() || !schema.value("fields", json()).is_array()) {
    return fail(Errc::corrupt_data, "the table's log says nothing of its columns");
  }
  const auto settings = action.value("configuration", json::object());
  const auto mapping =
      settings.is_object() ? settings.value("delta.columnMapping.mode", "none") : "none";
  if (mapping == "id") return refuse_feature("columnMapping by id");
  std::vector<TableColumn> columns;
  for (const auto& field : schema["fields"]) {
    const auto name = field.at("name").get<std::string>();
    const auto extra = field.value("metadata", json::object());
    const auto type = field.value("type", json());
    columns.push_back({.name = name,
                       .stored_as = mapping == "name" && extra.is_object()
                                        ? extra.value("delta.columnMapping.physicalName", name)
                                        : name,
                       .type = type.is_string() ? type.get<std::string>() : ""});
  }
  return columns;
}

}  // namespace trainyard::delta
