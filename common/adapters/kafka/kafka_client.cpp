#include "common/adapters/kafka/kafka_client.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace trainyard::kafka {
namespace {

void set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), reason.data(), reason.size()) !=
      RD_KAFKA_CONF_OK) {
    throw std::runtime_error(fmt::format("kafka property {}: {}", name, reason.data()));
  }
}

// Trouble is told by results and by error_cb; librdkafka's own lines would repeat it all day.
void drop_log_line(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

ConfHandle make_conf(const KafkaOptions& options, const Properties& more) {
  ConfHandle conf(rd_kafka_conf_new());
  Properties properties{
      {"bootstrap.servers", options.brokers},
      {"client.id", options.client_id},
      {"security.protocol", options.security_protocol},
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"enable.metrics.push", "false"},
  };
  if (options.security_protocol.starts_with("sasl") && options.sasl_mechanism.empty()) {
    throw std::runtime_error(
        fmt::format("{} needs a sasl_mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
                    options.security_protocol));
  }
  if (!options.sasl_mechanism.empty()) {
    properties["sasl.mechanism"] = options.sasl_mechanism;
    properties["sasl.username"] = options.sasl_username;
    properties["sasl.password"] = options.sasl_password.reveal();
  }
  if (!options.ssl_ca_location.empty()) properties["ssl.ca.location"] = options.ssl_ca_location;
  if (!options.ssl_certificate_location.empty()) {
    properties["ssl.certificate.location"] = options.ssl_certificate_location;
    properties["ssl.key.location"] = options.ssl_key_location;
    properties["ssl.key.password"] = options.ssl_key_password.reveal();
  }
  for (const auto& [name, value] : more)
    properties[name] = value;
  for (const auto& [name, value] : options.properties)
    properties[name] = value;
  for (const auto& [name, value] : properties)
    set(*conf, name, value);
  rd_kafka_conf_set_log_cb(conf.get(), drop_log_line);
  return conf;
}

ClientHandle make_client(rd_kafka_type_t type, ConfHandle conf) {
  std::array<char, 512> reason{};
  ClientHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!client) throw std::runtime_error(fmt::format("kafka client: {}", reason.data()));
  (void)conf.release();  // the client's now
  return client;
}

}  // namespace trainyard::kafka
