#include "common/wire/schema.hpp"

#include <gmock/gmock.h>

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

TEST(AsyncApi, ListsEveryTopicOfThePort) {
  const std::filesystem::path source(TRAINYARD_SOURCE_DIR);
  const auto page = read(source / "schemas/asyncapi.yaml");
  const auto port = read(source / "common/ports/event_bus.hpp");
  int topics = 0;
  for (auto at = port.find("\"trainyard."); at != std::string::npos;
       at = port.find("\"trainyard.", at + 1)) {
    const auto topic = port.substr(at + 1, port.find('"', at + 1) - at - 1);
    EXPECT_THAT(page, HasSubstr("address: " + topic + "\n"));
    ++topics;
  }
  EXPECT_EQ(topics, 5);
}

TEST(AsyncApi, PointsToTheSchemaOfEveryEventType) {
  const auto page = read(std::filesystem::path(TRAINYARD_SOURCE_DIR) / "schemas/asyncapi.yaml");
  for (const auto name : event_schemas().names()) {
    EXPECT_THAT(page, HasSubstr("events/" + std::string(name) + ".schema.json'"));
  }
}

TEST(AsyncApi, ListsEveryMessageOfTheWebSocket) {
  const auto page = read(std::filesystem::path(TRAINYARD_SOURCE_DIR) / "schemas/asyncapi.yaml");
  for (const auto* op :
       {"subscribe", "unsubscribe", "ping", "subscribed", "event", "error", "closing"}) {
    EXPECT_THAT(page, HasSubstr("op: { const: " + std::string(op) + " }"));
  }
}

}  // namespace
}  // namespace trainyard::wire
