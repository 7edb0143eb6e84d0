#pragma once

#include "common/base/secret.hpp"
#include "common/domain/bucket_path.hpp"
#include "common/log/log.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::config {

enum class StoreType { sqlite, postgres };
// local: nobody signs in, and the server is to be reached from this machine alone. required: every
// request carries a credential. open: nobody signs in, wherever the request comes from.
enum class AuthMode { local, required, open };

// Every setting of every role, with the defaults of a laptop. What each means, where it is read
// from and its bounds: setting_table() in setting_table.cpp, which `trainyard --print-config`
// shows.
struct Settings {
  std::filesystem::path data_dir = "trainyard-data";
  std::filesystem::path web_dir;  // empty: next to the executable, or as built

  struct Store {
    StoreType type = StoreType::sqlite;
    std::filesystem::path sqlite_path;  // empty: <data_dir>/jobs.db
    Secret postgres_uri;
    std::int64_t connections = 8;
  } store;

  struct Kafka {
    std::string brokers;  // empty: the embedded bus
    std::int64_t partitions = 6;
    std::int64_t replication = 1;
    std::string security_protocol = "plaintext";
    std::string sasl_mechanism;
    std::string sasl_username;
    Secret sasl_password;
    std::string ssl_ca_location;
    std::string ssl_certificate_location;
    std::string ssl_key_location;
    Secret ssl_key_password;
  } kafka;

  struct Http {
    std::string host = "127.0.0.1";
    std::int64_t port = 8080;
    std::int64_t connections_max = 2'000;
    std::int64_t upload_bytes_max = std::int64_t{2} << 30;
    std::chrono::seconds train_wait{300};
  } http;

  struct Auth {
    AuthMode mode = AuthMode::local;
    std::string jwks_url;  // empty: API keys alone
    std::chrono::seconds jwks_refetch{10};
    std::string jwt_issuer;
    std::string jwt_audience;
    std::string jwt_user_claim = "sub";
    std::string jwt_role_claim = "role";
    std::int64_t audit_days = 365;
  } auth;

  Secret client_key;       // of the commands that talk to an API
  std::string data_roots;  // folders that data may be read from, with : between them

  struct S3 {
    std::string endpoint;  // empty: Amazon's, of the region
    std::string region = "us-east-1";
    std::string access_key_id;
    Secret secret_access_key;
    Secret session_token;
    std::string ca_file;
    std::optional<domain::BucketPath> artifacts;  // none: <data_dir>/artifacts
    std::vector<domain::BucketPath> data;         // that a data_path may lead into
    std::int64_t cache_bytes_max = std::int64_t{8} << 30;
  } s3;

  struct Worker {
    std::int64_t children = 0;  // 0: one per core
    std::chrono::seconds lease{30};
    std::chrono::seconds drain{10};
    std::chrono::seconds stall_max{300};
  } worker;

  struct Job {
    std::chrono::seconds execution_timeout{3'600};
    std::int64_t retries_max = 3;
    std::chrono::seconds retry_delay{30};
    std::int64_t interruptions_max = 5;
  } job;

  struct Retention {
    std::int64_t jobs_days = 365;  // 0: for ever
    std::int64_t decisions_days = 365;
  } retention;

  struct Events {
    Secret webhook_secret;  // empty: events need no signature
  } events;

  log::Level log_level = log::Level::info;
  bool drills_allowed = false;
  std::chrono::seconds checkpoint_interval{5};

  std::filesystem::path sqlite_path() const {
    return store.sqlite_path.empty() ? data_dir / "jobs.db" : store.sqlite_path;
  }
};

}  // namespace trainyard::config
