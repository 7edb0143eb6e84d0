#include "common/wire/schema.hpp"

#include "common/wire/cloud_event.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace trainyard::wire {
namespace {

using testing::HasSubstr;

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::filesystem::path schemas() {
  return std::filesystem::path(TRAINYARD_SOURCE_DIR) / "schemas";
}

std::vector<std::string_view> event_types() {
  auto names = event_schemas().names();
  std::erase(names, "envelope");
  return names;
}

nlohmann::json example(std::string_view type) {
  return nlohmann::json::parse(read(schemas() / "events" / (std::string(type) + ".example.json")));
}

TEST(EventSchemas, KnowEveryTypeOfTheContract) {
  EXPECT_EQ(event_types().size(), 15u);
  for (const auto* known : {"envelope", "trainyard.train.requested.v1", "trainyard.job.log.v1"}) {
    EXPECT_TRUE(event_schemas().knows(known)) << known;
  }
}

TEST(EventSchemas, AcceptTheirExampleWhichSurvivesARoundTrip) {
  for (const auto type : event_types()) {
    const auto golden = example(type);
    const auto event = parse_cloud_event(golden.dump());
    ASSERT_TRUE(event) << type << ": " << describe(event.error());
    EXPECT_EQ(event->type, type);
    EXPECT_EQ(nlohmann::json::parse(to_json(*event)), golden) << type;
  }
}

TEST(EventSchemas, NameTheMissingKey) {
  for (const auto type : event_types()) {
    for (const auto& [key, value] : example(type).at("data").items()) {
      auto broken = example(type);
      broken["data"].erase(key);
      const auto event = parse_cloud_event(broken.dump());
      if (event) continue;  // an optional one
      EXPECT_EQ(event.error().code, Errc::invalid_argument);
      EXPECT_THAT(describe(event.error()), HasSubstr(key)) << type;
    }
  }
}

TEST(EventSchemas, NameTheKeyOfTheWrongType) {
  for (const auto type : event_types()) {
    for (const auto& [key, value] : example(type).at("data").items()) {
      auto broken = example(type);
      broken["data"][key] = value.is_array() ? nlohmann::json(true) : nlohmann::json::array();
      const auto event = parse_cloud_event(broken.dump());
      ASSERT_FALSE(event) << type << " takes an array for " << key;
      EXPECT_EQ(event.error().field, "data." + key) << describe(event.error());
    }
  }
}

TEST(EventSchemas, NameTheBrokenPartOfTheEnvelope) {
  for (const auto* key : {"specversion", "id", "source", "type", "subject", "time", "data"}) {
    auto broken = example("trainyard.job.started.v1");
    broken.erase(key);
    const auto event = parse_cloud_event(broken.dump());
    ASSERT_FALSE(event) << key;
    EXPECT_EQ(event.error().field, key) << describe(event.error());
  }
}

TEST(EventSchemas, RefuseWhatIsNoJsonAndUnknownTypes) {
  EXPECT_EQ(parse_cloud_event("{\"specversion\":").error().code, Errc::corrupt_data);
  EXPECT_EQ(parse_cloud_event("\xff\xfe").error().code, Errc::corrupt_data);
  EXPECT_EQ(parse_cloud_event("[]").error().code, Errc::invalid_argument);
  auto unknown = example("trainyard.job.started.v1");
  unknown["type"] = "trainyard.job.exploded.v1";
  const auto event = parse_cloud_event(unknown.dump());
  EXPECT_EQ(event.error().code, Errc::not_found);
  EXPECT_THAT(describe(event.error()), HasSubstr("trainyard.job.exploded.v1"));
  unknown["type"] = "envelope";
  EXPECT_EQ(parse_cloud_event(unknown.dump()).error().code, Errc::not_found);
}

TEST(EventSchemas, RefuseATimeThatIsNone) {
  auto broken = example("trainyard.job.started.v1");
  broken["time"] = "yesterday";
  EXPECT_EQ(parse_cloud_event(broken.dump()).error().field, "time");
}

}  // namespace
}  // namespace trainyard::wire
