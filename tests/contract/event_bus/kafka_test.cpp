// librdkafka starts its threads by C11's thrd_create, which ThreadSanitizer does not know: it
// crashes at once. So these tests are not part of that build.
#if !__has_feature(thread_sanitizer)

#include "common/adapters/kafka/kafka_bus.hpp"
#include "common/base/uuid.hpp"
#include "tests/contract/event_bus/event_bus_contract.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <future>

namespace trainyard::testing {
namespace {

using kafka::KafkaBus;
using kafka::KafkaOptions;

KafkaOptions options(std::string brokers) {
  return {.brokers = std::move(brokers),
          .partitions = 4,
          .delivery_timeout = std::chrono::seconds(20),
          .session_timeout = milliseconds(6'000)};
}

class KafkaHarness final : public BusHarness {
 public:
  explicit KafkaHarness(std::string brokers) : brokers_(std::move(brokers)) {}
  std::unique_ptr<ports::EventBus> make_bus() override {
    return *KafkaBus::open(log::Log(), options(brokers_));
  }
  std::string topic() const override { return fmt::format("trainyard.test.{}", id_); }
  std::string group() const override { return fmt::format("workers-{}", id_); }
  bool survives_reopening() const override { return true; }

 private:
  std::string brokers_;
  std::string id_ = Uuid::make_v7().to_string();
};

INSTANTIATE_TEST_SUITE_P(Kafka, EventBusContract,
                         ::testing::Values(BusCase{
                             .name = "Kafka",
                             .make = [](std::string& reason) -> std::unique_ptr<BusHarness> {
                               const char* brokers = std::getenv("TRAINYARD_TEST_KAFKA");
                               if (brokers != nullptr) {
                                 return std::make_unique<KafkaHarness>(brokers);
                               }
                               reason = "TRAINYARD_TEST_KAFKA (host:port of a broker) is not set";
                               return nullptr;
                             }}),
                         [](const auto& info) { return info.param.name; });

// Nobody listens on port 1.
KafkaOptions nowhere() {
  auto made = options("127.0.0.1:1");
  made.delivery_timeout = milliseconds(200);
  made.request_timeout = milliseconds(200);
  return made;
}

TEST(KafkaBus, ReportsUnavailableWhileTheBrokerIsAway) {
  const auto bus = *KafkaBus::open(log::Log(), nowhere());
  std::promise<Result<void>> fate;
  bus->publish(std::array{ports::Message{.topic = "t", .key = "k", .value = "v"}},
               [&fate](std::size_t, Result<void> result) { fate.set_value(std::move(result)); });
  const auto result = fate.get_future().get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::unavailable);
  EXPECT_EQ(bus->ping().error().code, Errc::unavailable);
  EXPECT_EQ(bus->end_of("t").error().code, Errc::unavailable);
  EXPECT_EQ(bus->subscribe({.topics = {"t"}, .group = "g"}).error().code, Errc::unavailable);
}

TEST(KafkaBus, NamesThePropertyThatIsWrong) {
  auto wrong = nowhere();
  wrong.properties = {{"no.such.property", "1"}};
  const auto refused = KafkaBus::open(log::Log(), wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("no.such.property"));
}

}  // namespace
}  // namespace trainyard::testing

#endif
