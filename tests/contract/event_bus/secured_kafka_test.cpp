#include "common/adapters/kafka/kafka_bus.hpp"
#include "common/base/uuid.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

namespace trainyard::testing {
namespace {

using kafka::KafkaBus;
using kafka::KafkaOptions;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A broker that serves TLS to who shows a certificate, and SASL over TLS to trainyard:secret
// (tests/support/kafka/start.sh --secured).
class SecuredKafka : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* place = std::getenv("TRAINYARD_TEST_KAFKA_SECURED")) {
      folder_ = place;
      return;
    }
    const auto reason = "TRAINYARD_TEST_KAFKA_SECURED (the folder of its secrets) is not set";
    if (std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") != nullptr) FAIL() << reason;
    GTEST_SKIP() << reason;
  }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  KafkaOptions tls() const {
    return {.brokers = address("ssl"),
            .delivery_timeout = std::chrono::seconds(20),
            .security_protocol = "ssl",
            .ssl_ca_location = file("ca.pem"),
            .ssl_certificate_location = file("client.pem"),
            .ssl_key_location = file("client.key"),
            .ssl_key_password = Secret("key-secret")};
  }

  KafkaOptions sasl(std::string mechanism) const {
    return {.brokers = address("sasl_ssl"),
            .delivery_timeout = std::chrono::seconds(20),
            .security_protocol = "sasl_ssl",
            .sasl_mechanism = std::move(mechanism),
            .sasl_username = "trainyard",
            .sasl_password = Secret("secret"),
            .ssl_ca_location = file("ca.pem")};
  }

 private:
  std::string address(const std::string& listener) const {
    std::string text;
    std::ifstream(folder_ / listener) >> text;
    return text;
  }

  std::filesystem::path folder_;
};

void expect_carries_a_message(const KafkaOptions& options) {
  const auto bus = KafkaBus::open(log::Log(), options);
  ASSERT_TRUE(bus) << describe(bus.error());
  const auto id = Uuid::make_v7().to_string();
  const auto topic = "trainyard.test." + id;
  std::promise<Result<void>> fate;
  (*bus)->publish(
      std::array{ports::Message{.topic = topic, .key = "k", .value = id, .headers = {}}},
      [&fate](std::size_t, Result<void> result) { fate.set_value(std::move(result)); });
  const auto published = fate.get_future().get();
  ASSERT_TRUE(published) << describe(published.error());
  const auto reader = (*bus)->subscribe({.topics = {topic}, .group = "group-" + id});
  ASSERT_TRUE(reader) << describe(reader.error());
  const auto got = (*reader)->poll(1, std::chrono::seconds(20));
  ASSERT_TRUE(got) << describe(got.error());
  ASSERT_EQ(got->size(), 1u);
  EXPECT_EQ(got->front().message.value, id);
}

std::string failure_of_ping(KafkaOptions options, const log::Log& log = {}) {
  options.request_timeout = milliseconds(2'000);
  const auto bus = KafkaBus::open(log, std::move(options));
  if (!bus) return describe(bus.error());
  const auto answer = (*bus)->ping();
  return answer ? "none" : describe(answer.error());
}

TEST_F(SecuredKafka, CarriesMessagesOverTlsWithAClientCertificate) {
  expect_carries_a_message(tls());
}

TEST_F(SecuredKafka, CarriesMessagesWithAPlainLogin) {
  expect_carries_a_message(sasl("PLAIN"));
}

TEST_F(SecuredKafka, CarriesMessagesWithAScramSha256Login) {
  expect_carries_a_message(sasl("SCRAM-SHA-256"));
}

TEST_F(SecuredKafka, CarriesMessagesWithAScramSha512Login) {
  expect_carries_a_message(sasl("SCRAM-SHA-512"));
}

TEST_F(SecuredKafka, SaysThatThePasswordIsWrongWithoutShowingIt) {
  for (const auto mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    auto options = sasl(mechanism);
    options.sasl_password = Secret("mistyped");
    ::testing::internal::CaptureStderr();
    const auto failure = failure_of_ping(options, log::make_log(log::Level::debug));
    const auto log = ::testing::internal::GetCapturedStderr();
    for (const auto& text : {failure, log}) {
      EXPECT_THAT(text, AllOf(HasSubstr("uthentication"), HasSubstr("check kafka.sasl_mechanism"),
                              HasSubstr("kafka.sasl_password"), Not(HasSubstr("mistyped"))));
    }
  }
}

TEST_F(SecuredKafka, SaysThatTheAuthorityIsUnknown) {
  auto options = sasl("PLAIN");
  options.ssl_ca_location = file("stranger.pem");
  EXPECT_THAT(failure_of_ping(options),
              AllOf(HasSubstr("certificate"), HasSubstr("check kafka.ssl_ca_location")));
}

TEST_F(SecuredKafka, SaysThatACertificateIsAskedFor) {
  auto options = tls();
  options.ssl_certificate_location.clear();
  EXPECT_THAT(failure_of_ping(options), HasSubstr("kafka.ssl_certificate_location"));
}

TEST_F(SecuredKafka, SaysThatTheProtocolIsAnother) {
  auto options = tls();
  options.security_protocol = "plaintext";
  EXPECT_THAT(failure_of_ping(options),
              HasSubstr("check kafka.brokers and kafka.security_protocol"));
}

TEST_F(SecuredKafka, NamesTheFileThatCannotBeRead) {
  auto options = tls();
  options.ssl_ca_location = file("missing.pem");
  EXPECT_THAT(failure_of_ping(options),
              AllOf(HasSubstr("ssl.ca.location"), HasSubstr("missing.pem")));
}

TEST_F(SecuredKafka, NamesTheKeyWhosePasswordIsWrongWithoutShowingIt) {
  auto options = tls();
  options.ssl_key_password = Secret("mistyped");
  EXPECT_THAT(failure_of_ping(options),
              AllOf(HasSubstr("ssl.key.location"), Not(HasSubstr("mistyped"))));
}

TEST(KafkaOptions, NeedAMechanismToLogIn) {
  const auto refused = KafkaBus::open({}, {.brokers = "h:1", .security_protocol = "sasl_ssl"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("SCRAM-SHA-512"));
}

}  // namespace
}  // namespace trainyard::testing
