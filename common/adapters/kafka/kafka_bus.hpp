#pragma once

#include "common/base/secret.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"

#include <map>
#include <memory>
#include <string>

namespace trainyard::kafka {

struct KafkaOptions {
  std::string brokers;  // host:port, comma-separated
  std::string client_id = "trainyard";

  // Topics that do not exist are made with these.
  int partitions = 6;
  std::map<std::string, int> partitions_of;  // of topics that differ
  int replication = 1;

  milliseconds linger{1};  // how long a message waits for company on its way out
  std::string compression = "none";
  milliseconds delivery_timeout{30'000};  // then a message is reported as unavailable
  milliseconds closing_timeout{5'000};    // what destruction waits for messages on their way
  milliseconds request_timeout{5'000};    // of what a caller waits for: metadata, offsets, topics
  milliseconds session_timeout{10'000};   // silence after which a member's partitions move on
  milliseconds commit_interval{200};      // done() reaches the broker this late at most

  std::string security_protocol = "plaintext";  // or ssl, sasl_plaintext, sasl_ssl
  std::string sasl_mechanism;                   // PLAIN, SCRAM-SHA-256, …
  std::string sasl_username;
  Secret sasl_password;
  std::string ssl_ca_location;           // who signed the brokers' certificates; else the system's
  std::string ssl_certificate_location;  // ours, for brokers that ask for one
  std::string ssl_key_location;
  Secret ssl_key_password;
  std::map<std::string, std::string> properties;  // more of librdkafka's, for every client
};

// Apache Kafka through librdkafka. Publishing is idempotent with acks=all; offsets are committed
// through done() alone, and only the gap-free front of each partition; members of a group hand
// partitions over cooperatively. Made without a connection: what needs the broker answers
// Errc::unavailable while it is away or turns us away, with the reason and what to check, and
// librdkafka reconnects by itself.
//
// The epoch of a position is the cluster's id and the topic's name: librdkafka's metadata lack a
// topic's own id, so a topic that was deleted and made again under its name shows itself only by
// offsets that go back.
//
// Thread-safe. Outlives its subscriptions. Destruction waits up to closing_timeout for what is
// still to be delivered and reports the rest as unavailable.
class KafkaBus final : public ports::EventBus {
  class Core;

 public:
  // Errors: invalid_argument, naming the property that is wrong.
  static Result<std::unique_ptr<KafkaBus>> open(log::Log log, KafkaOptions options);
  explicit KafkaBus(std::unique_ptr<Core> core);
  ~KafkaBus() override;

  void publish(std::span<const ports::Message> messages,
               const std::function<void(std::size_t, Result<void>)>& report) override;
  Result<std::unique_ptr<ports::Subscription>> subscribe(
      const ports::SubscribeOptions& options) override;
  Result<std::vector<ports::Position>> end_of(const std::string& topic) override;
  Result<void> ping() override;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace trainyard::kafka
