#include "common/adapters/kafka/kafka_client.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <unistd.h>

namespace trainyard::kafka {
namespace {

void set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), reason.data(), reason.size()) !=
      RD_KAFKA_CONF_OK) {
    throw std::runtime_error(fmt::format("kafka property {}: {}", name, reason.data()));
  }
}

// OpenSSL, asked for a file that is not there, does not say which.
void add_file(Properties& properties, const std::string& name, const std::string& path) {
  if (path.empty()) return;
  if (access(path.c_str(), R_OK) != 0) {
    throw std::runtime_error(fmt::format("{} is {}, which cannot be read", name, path));
  }
  properties[name] = path;
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
  add_file(properties, "ssl.ca.location", options.ssl_ca_location);
  if (!options.ssl_certificate_location.empty()) {
    add_file(properties, "ssl.certificate.location", options.ssl_certificate_location);
    add_file(properties, "ssl.key.location", options.ssl_key_location);
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
