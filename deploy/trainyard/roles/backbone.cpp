#include "deploy/trainyard/roles/backbone.hpp"

#include "api/control/retrain_consumer.hpp"
#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/adapters/kafka/kafka_bus.hpp"
#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace trainyard {
namespace {

// Every notifier reads all of them, so more would only cost requests.
constexpr int event_partitions = 2;

Result<std::unique_ptr<ports::EventBus>> open_bus(const config::Settings& settings,
                                                  const log::Log& log) {
  if (settings.kafka.brokers.empty()) {
    return std::make_unique<embedded_bus::EmbeddedBus>(embedded_bus::EmbeddedBusOptions{
        .groups = {{ports::topics::train_requested, {worker_group}},
                   {ports::topics::retrain_requested, {control::retrain_group}}}});
  }
  return kafka::KafkaBus::open(
      log, kafka::KafkaOptions{.brokers = settings.kafka.brokers,
                               .partitions = static_cast<int>(settings.kafka.partitions),
                               .partitions_of = {{ports::topics::job_events, event_partitions},
                                                 {ports::topics::job_control, 1},
                                                 {ports::topics::dead_letter, 1}},
                               .replication = static_cast<int>(settings.kafka.replication),
                               .security_protocol = settings.kafka.security_protocol,
                               .sasl_mechanism = settings.kafka.sasl_mechanism,
                               .sasl_username = settings.kafka.sasl_username,
                               .sasl_password = settings.kafka.sasl_password,
                               .ssl_ca_location = settings.kafka.ssl_ca_location,
                               .ssl_certificate_location = settings.kafka.ssl_certificate_location,
                               .ssl_key_location = settings.kafka.ssl_key_location,
                               .ssl_key_password = settings.kafka.ssl_key_password});
}

std::unexpected<Error> needs(std::string_view key, std::string_view what, std::string_view hint) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("a role of its own shares its work over {}", what),
                    .field = std::string(key),
                    .hint = std::string(hint)});
}

}  // namespace

Result<Backbone> open_stores(const config::Settings& settings) {
  Backbone backbone;
  if (settings.store.type == config::StoreType::postgres) {
    TRY(const auto database,
        postgres::open_database({.uri = settings.store.postgres_uri,
                                 .connections = static_cast<int>(settings.store.connections)}));
    backbone.store = postgres::make_job_store(database);
    backbone.line = postgres::make_dispatch_store(database);
    backbone.job_log = postgres::make_job_log(database);
    backbone.access = postgres::make_access_store(database);
    backbone.definitions = postgres::make_definition_store(database);
    backbone.pipelines = postgres::make_pipeline_store(database);
    backbone.requests = postgres::make_idempotency_store(database);
    return backbone;
  }
  std::error_code error;
  std::filesystem::create_directories(settings.sqlite_path().parent_path(), error);
  TRY(const auto database, sqlite::open_database({.path = settings.sqlite_path().string()}));
  backbone.store = sqlite::make_job_store(database);
  backbone.line = sqlite::make_dispatch_store(database);
  backbone.job_log = sqlite::make_job_log(database);
  backbone.access = sqlite::make_access_store(database);
  backbone.definitions = sqlite::make_definition_store(database);
  backbone.pipelines = sqlite::make_pipeline_store(database);
  backbone.requests = sqlite::make_idempotency_store(database);
  return backbone;
}

Result<Backbone> open_backbone(const config::Settings& settings, const log::Log& log) {
  TRY(auto backbone, open_stores(settings));
  TRY(backbone.bus, open_bus(settings, log));
  return backbone;
}

Result<Backbone> open_fleet_backbone(const config::Settings& settings, const log::Log& log) {
  if (settings.store.type != config::StoreType::postgres) {
    return needs("store.type", "PostgreSQL",
                 "set TRAINYARD_STORE_TYPE=postgres, or run `trainyard standalone`");
  }
  if (settings.kafka.brokers.empty()) {
    return needs("kafka.brokers", "Kafka",
                 "set TRAINYARD_KAFKA_BROKERS, or run `trainyard standalone`");
  }
  return open_backbone(settings, log);
}

std::string instance_name(std::string_view role) {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}  {}-{}-{}", role, host.data(), getpid(), Uuid::make_v7().to_string());
}

domain::RetryPolicy retry_policy_of(const config::Settings& settings) {
  return {.retries_max = static_cast<int>(settings.job.retries_max),
          .delay = settings.job.retry_delay,
          .interruptions_max = static_cast<int>(settings.job.interruptions_max)};
}

}  // namespace trainyard
