#include "common/config/setting_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace trainyard::config {
namespace {

using Setter = std::function<Result<void>(Settings&, std::string_view)>;
using Getter = std::function<std::string(const Settings&)>;
// Finds the value inside the settings.
template <class T>
using Place = std::function<T&(Settings&)>;

struct Names {
  std::string_view key;
  std::vector<std::string_view> environment;
  std::string_view description;
};

template <class T>
T read(const Place<T>& place, Settings settings) {
  return place(settings);
}

std::unexpected<Error> refuse(std::string_view text, std::string_view expected) {
  return fail(Errc::invalid_argument, fmt::format("'{}' is not {}", text, expected));
}

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t low, std::int64_t high,
                                   std::string_view expected) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < low || value > high) {
    return refuse(text, expected);
  }
  return value;
}

Setting text(Names names, Place<std::string> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          "text",
          [place](Settings& s, std::string_view value) -> Result<void> {
            place(s) = value;
            return {};
          },
          [place](const Settings& s) { return read(place, s); }};
}

Setting path(Names names, Place<std::filesystem::path> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          "a path",
          [place](Settings& s, std::string_view value) -> Result<void> {
            if (value.empty()) return refuse(value, "a path");
            place(s) = value;
            return {};
          },
          [place](const Settings& s) { return read(place, s).string(); }};
}

Setting secret(Names names, Place<Secret> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          "text",
          [place](Settings& s, std::string_view value) -> Result<void> {
            place(s) = Secret(std::string(value));
            return {};
          },
          [place](const Settings& s) { return read(place, s).empty() ? "" : "***"; }};
}

// Buckets, or folders in them, with commas between.
Result<std::vector<domain::BucketPath>> parse_buckets(std::string_view text) {
  std::vector<domain::BucketPath> buckets;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto entry = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (entry.empty()) continue;
    TRY(auto bucket, domain::parse_bucket_path(entry));
    buckets.push_back(std::move(bucket));
  }
  return buckets;
}

Setting buckets(Names names, Place<std::vector<domain::BucketPath>> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          "s3://bucket or s3://bucket/folder, with commas between",
          [place](Settings& s, std::string_view value) -> Result<void> {
            TRY(place(s), parse_buckets(value));
            return {};
          },
          [place](const Settings& s) {
            std::string text;
            for (const auto& bucket : read(place, s))
              text += (text.empty() ? "" : ",") + bucket.uri();
            return text;
          }};
}

Setting bucket(Names names, Place<std::optional<domain::BucketPath>> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          "s3://bucket or s3://bucket/folder",
          [place](Settings& s, std::string_view value) -> Result<void> {
            place(s) = std::nullopt;
            if (value.empty()) return {};
            TRY(place(s), domain::parse_bucket_path(value));
            return {};
          },
          [place](const Settings& s) {
            const auto value = read(place, s);
            return value ? value->uri() : std::string();
          }};
}

Setting integer(Names names, std::string_view expected, std::int64_t low, std::int64_t high,
                Place<std::int64_t> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          expected,
          [=](Settings& s, std::string_view value) -> Result<void> {
            TRY(place(s), parse_integer(value, low, high, expected));
            return {};
          },
          [place](const Settings& s) { return std::to_string(read(place, s)); }};
}

Setting seconds(Names names, std::string_view expected, std::int64_t low, std::int64_t high,
                Place<std::chrono::seconds> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          expected,
          [=](Settings& s, std::string_view value) -> Result<void> {
            TRY(const auto count, parse_integer(value, low, high, expected));
            place(s) = std::chrono::seconds(count);
            return {};
          },
          [place](const Settings& s) { return std::to_string(read(place, s).count()); }};
}

template <class T>
Setting choice(Names names, std::string_view expected,
               std::vector<std::pair<std::string_view, T>> choices, Place<T> place) {
  return {names.key,
          std::move(names.environment),
          names.description,
          expected,
          [=](Settings& s, std::string_view value) -> Result<void> {
            for (const auto& [name, meaning] : choices) {
              if (name != value) continue;
              place(s) = meaning;
              return {};
            }
            return refuse(value, expected);
          },
          [=](const Settings& s) {
            for (const auto& [name, meaning] : choices) {
              if (meaning == read(place, s)) return std::string(name);
            }
            return std::string();
          }};
}

std::vector<Setting> store_settings() {
  return {
      path(
          {"data_dir", {"TRAINYARD_DATA_DIR"}, "where uploads, artefacts and the SQLite file live"},
          [](Settings& s) -> auto& { return s.data_dir; }),
      choice<StoreType>({"store.type",
                         {"TRAINYARD_STORE_TYPE", "STATE_STORE_TYPE"},
                         "which database holds the jobs"},
                        "sqlite or postgres",
                        {{"sqlite", StoreType::sqlite}, {"postgres", StoreType::postgres}},
                        [](Settings& s) -> auto& { return s.store.type; }),
      path({"store.sqlite_path",
            {"TRAINYARD_STORE_SQLITE_PATH", "SQLITE_PATH"},
            "the SQLite file; <data_dir>/jobs.db when not set"},
           [](Settings& s) -> auto& { return s.store.sqlite_path; }),
      secret({"store.postgres_uri",
              {"TRAINYARD_STORE_POSTGRES_URI"},
              "libpq URI: postgresql://user:password@host:port/database"},
             [](Settings& s) -> auto& { return s.store.postgres_uri; }),
      integer({"store.connections", {"TRAINYARD_STORE_CONNECTIONS"}, "PostgreSQL pool size"},
              "1 to 256", 1, 256, [](Settings& s) -> auto& { return s.store.connections; }),
  };
}

std::vector<Setting> kafka_settings() {
  return {
      text({"kafka.brokers",
            {"TRAINYARD_KAFKA_BROKERS"},
            "host:port,… of the brokers; empty for the embedded bus"},
           [](Settings& s) -> auto& { return s.kafka.brokers; }),
      integer({"kafka.partitions",
               {"TRAINYARD_KAFKA_PARTITIONS"},
               "partitions of a topic that is created because it is missing"},
              "1 to 10000", 1, 10'000, [](Settings& s) -> auto& { return s.kafka.partitions; }),
      integer({"kafka.replication", {"TRAINYARD_KAFKA_REPLICATION"}, "replicas of such a topic"},
              "1 to 9", 1, 9, [](Settings& s) -> auto& { return s.kafka.replication; }),
      choice<std::string>({"kafka.security_protocol",
                           {"TRAINYARD_KAFKA_SECURITY_PROTOCOL"},
                           "how to talk to the brokers"},
                          "plaintext, ssl, sasl_plaintext or sasl_ssl",
                          {{"plaintext", "plaintext"},
                           {"ssl", "ssl"},
                           {"sasl_plaintext", "sasl_plaintext"},
                           {"sasl_ssl", "sasl_ssl"}},
                          [](Settings& s) -> auto& { return s.kafka.security_protocol; }),
      choice<std::string>({"kafka.sasl_mechanism",
                           {"TRAINYARD_KAFKA_SASL_MECHANISM"},
                           "how to log in to the brokers"},
                          "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
                          {{"PLAIN", "PLAIN"},
                           {"SCRAM-SHA-256", "SCRAM-SHA-256"},
                           {"SCRAM-SHA-512", "SCRAM-SHA-512"}},
                          [](Settings& s) -> auto& { return s.kafka.sasl_mechanism; }),
      text({"kafka.sasl_username", {"TRAINYARD_KAFKA_SASL_USERNAME"}, "user for SASL"},
           [](Settings& s) -> auto& { return s.kafka.sasl_username; }),
      secret({"kafka.sasl_password", {"TRAINYARD_KAFKA_SASL_PASSWORD"}, "password for SASL"},
             [](Settings& s) -> auto& { return s.kafka.sasl_password; }),
      text({"kafka.ssl_ca_location",
            {"TRAINYARD_KAFKA_SSL_CA_LOCATION"},
            "file with the certificate authorities to trust"},
           [](Settings& s) -> auto& { return s.kafka.ssl_ca_location; }),
      text({"kafka.ssl_certificate_location",
            {"TRAINYARD_KAFKA_SSL_CERTIFICATE_LOCATION"},
            "PEM file with our certificate, for brokers that ask for one"},
           [](Settings& s) -> auto& { return s.kafka.ssl_certificate_location; }),
      text({"kafka.ssl_key_location",
            {"TRAINYARD_KAFKA_SSL_KEY_LOCATION"},
            "PEM file with its private key"},
           [](Settings& s) -> auto& { return s.kafka.ssl_key_location; }),
      secret({"kafka.ssl_key_password",
              {"TRAINYARD_KAFKA_SSL_KEY_PASSWORD"},
              "password of that key, if it has one"},
             [](Settings& s) -> auto& { return s.kafka.ssl_key_password; }),
  };
}

std::vector<Setting> http_settings() {
  return {
      text({"http.host", {"TRAINYARD_HTTP_HOST"}, "address to listen on"},
           [](Settings& s) -> auto& { return s.http.host; }),
      integer({"http.port", {"TRAINYARD_HTTP_PORT"}, "port to listen on; 0 takes any free one"},
              "0 to 65535", 0, 65'535, [](Settings& s) -> auto& { return s.http.port; }),
      integer({"http.connections_max",
               {"TRAINYARD_HTTP_CONNECTIONS_MAX"},
               "open connections, WebSockets included"},
              "1 to 100000", 1, 100'000,
              [](Settings& s) -> auto& { return s.http.connections_max; }),
      integer(
          {"http.upload_bytes_max", {"TRAINYARD_HTTP_UPLOAD_BYTES_MAX"}, "largest upload accepted"},
          "1 or more bytes", 1, std::numeric_limits<std::int64_t>::max(),
          [](Settings& s) -> auto& { return s.http.upload_bytes_max; }),
      seconds({"http.train_wait_seconds",
               {"TRAINYARD_HTTP_TRAIN_WAIT_SECONDS"},
               "how long POST /api/train waits for the end of its job"},
              "1 to 86400 seconds", 1, 86'400,
              [](Settings& s) -> auto& { return s.http.train_wait; }),
      secret({"events.webhook_secret",
              {"TRAINYARD_EVENTS_WEBHOOK_SECRET"},
              "events over HTTP must be signed with it: X-Trainyard-Signature: sha256=<HMAC>"},
             [](Settings& s) -> auto& { return s.events.webhook_secret; }),
      path({"web_dir", {"TRAINYARD_WEB_DIR"}, "the built web UI"},
           [](Settings& s) -> auto& { return s.web_dir; }),
  };
}

std::vector<Setting> s3_settings() {
  return {
      bucket({"artifact_uri",
              {"TRAINYARD_ARTIFACT_URI", "ARTIFACT_URI"},
              "where artefacts are kept; empty for <data_dir>/artifacts"},
             [](Settings& s) -> auto& { return s.s3.artifacts; }),
      buckets({"data_buckets",
               {"TRAINYARD_DATA_BUCKETS"},
               "buckets, or folders in them, that a data_path may lead into; beside these the one "
               "of artifact_uri, unless auth.mode is required"},
              [](Settings& s) -> auto& { return s.s3.data; }),
      integer({"data_cache_bytes_max",
               {"TRAINYARD_DATA_CACHE_BYTES_MAX"},
               "how much of what was fetched from buckets is kept in <data_dir>/cache"},
              "1 or more bytes", 1, std::numeric_limits<std::int64_t>::max(),
              [](Settings& s) -> auto& { return s.s3.cache_bytes_max; }),
      text({"s3.endpoint",
            {"TRAINYARD_S3_ENDPOINT", "S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"},
            "https://host:port of the S3 server; empty for Amazon's"},
           [](Settings& s) -> auto& { return s.s3.endpoint; }),
      text({"s3.region",
            {"TRAINYARD_S3_REGION", "S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"},
            "region of the buckets"},
           [](Settings& s) -> auto& { return s.s3.region; }),
      text({"s3.access_key_id",
            {"TRAINYARD_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"},
            "access key of the buckets; empty for requests without a signature"},
           [](Settings& s) -> auto& { return s.s3.access_key_id; }),
      secret({"s3.secret_access_key",
              {"TRAINYARD_S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"},
              "its secret"},
             [](Settings& s) -> auto& { return s.s3.secret_access_key; }),
      secret({"s3.session_token",
              {"TRAINYARD_S3_SESSION_TOKEN", "AWS_SESSION_TOKEN"},
              "its session token, when it is a temporary one"},
             [](Settings& s) -> auto& { return s.s3.session_token; }),
      text({"s3.ca_file",
            {"TRAINYARD_S3_CA_FILE", "AWS_CA_BUNDLE"},
            "PEM file of the authorities to trust; empty for the system's"},
           [](Settings& s) -> auto& { return s.s3.ca_file; }),
  };
}

std::vector<Setting> access_settings() {
  return {
      choice<AuthMode>(
          {"auth.mode",
           {"TRAINYARD_AUTH_MODE"},
           "who may come in: local takes no credentials and listens on this machine "
           "alone, required takes API keys and JWTs, open takes everybody as admin"},
          "local, required or open",
          {{"local", AuthMode::local}, {"required", AuthMode::required}, {"open", AuthMode::open}},
          [](Settings& s) -> auto& { return s.auth.mode; }),
      text({"auth.jwks_url",
            {"TRAINYARD_AUTH_JWKS_URL"},
            "where the issuer of JWTs publishes its keys; empty for API keys alone"},
           [](Settings& s) -> auto& { return s.auth.jwks_url; }),
      seconds({"auth.jwks_refetch_seconds",
               {"TRAINYARD_AUTH_JWKS_REFETCH_SECONDS"},
               "how soon these keys may be fetched again when a token names an unknown one"},
              "0 to 3600 seconds", 0, 3'600,
              [](Settings& s) -> auto& { return s.auth.jwks_refetch; }),
      text({"auth.jwt_issuer", {"TRAINYARD_AUTH_JWT_ISSUER"}, "what iss of a JWT must be"},
           [](Settings& s) -> auto& { return s.auth.jwt_issuer; }),
      text({"auth.jwt_audience", {"TRAINYARD_AUTH_JWT_AUDIENCE"}, "what aud of a JWT must have"},
           [](Settings& s) -> auto& { return s.auth.jwt_audience; }),
      text({"auth.jwt_user_claim",
            {"TRAINYARD_AUTH_JWT_USER_CLAIM"},
            "which claim names the user; dots lead into objects"},
           [](Settings& s) -> auto& { return s.auth.jwt_user_claim; }),
      text({"auth.jwt_role_claim",
            {"TRAINYARD_AUTH_JWT_ROLE_CLAIM"},
            "which claim has the role or roles; without one the user is a member"},
           [](Settings& s) -> auto& { return s.auth.jwt_role_claim; }),
      integer({"audit.keep_days", {"TRAINYARD_AUDIT_KEEP_DAYS"}, "how long audit entries are kept"},
              "1 to 36500 days", 1, 36'500, [](Settings& s) -> auto& { return s.auth.audit_days; }),
      secret({"api_key", {"TRAINYARD_API_KEY"}, "credential of commands that talk to an API"},
             [](Settings& s) -> auto& { return s.client_key; }),
      text({"data_roots",
            {"TRAINYARD_DATA_ROOTS"},
            "folders, with : between them, that a data_path may lead into beside the uploads; any "
            "path when empty, unless auth.mode is required"},
           [](Settings& s) -> auto& { return s.data_roots; }),
  };
}

std::vector<Setting> work_settings() {
  return {
      integer({"worker.children",
               {"TRAINYARD_WORKER_CHILDREN"},
               "training processes; 0 is one per core"},
              "0 to 1024", 0, 1'024, [](Settings& s) -> auto& { return s.worker.children; }),
      seconds({"worker.lease_seconds",
               {"TRAINYARD_WORKER_LEASE_SECONDS"},
               "how long a silent worker keeps its jobs"},
              "1 to 3600 seconds", 1, 3'600, [](Settings& s) -> auto& { return s.worker.lease; }),
      seconds({"worker.drain_seconds",
               {"TRAINYARD_WORKER_DRAIN_SECONDS"},
               "how long a stopping worker lets jobs finish before it hands them back"},
              "0 to 86400 seconds", 0, 86'400, [](Settings& s) -> auto& { return s.worker.drain; }),
      seconds({"worker.stall_seconds_max",
               {"TRAINYARD_WORKER_STALL_SECONDS_MAX"},
               "silence of a training process that counts as a hang"},
              "1 to 86400 seconds", 1, 86'400,
              [](Settings& s) -> auto& { return s.worker.stall_max; }),
      seconds({"job.execution_timeout_seconds",
               {"TRAINYARD_JOB_EXECUTION_TIMEOUT_SECONDS", "JOB_EXECUTION_TIMEOUT_SECONDS"},
               "longest running time of one attempt"},
              "1 to 604800 seconds", 1, 604'800,
              [](Settings& s) -> auto& { return s.job.execution_timeout; }),
      integer({"job.retries_max",
               {"TRAINYARD_JOB_RETRIES_MAX", "MAX_JOB_RETRIES"},
               "attempts after the first, for errors that may pass"},
              "0 to 100", 0, 100, [](Settings& s) -> auto& { return s.job.retries_max; }),
      seconds({"job.retry_delay_seconds",
               {"TRAINYARD_JOB_RETRY_DELAY_SECONDS", "RETRY_DELAY_SECONDS"},
               "delay before the first retry; it doubles with each"},
              "0 to 86400 seconds", 0, 86'400,
              [](Settings& s) -> auto& { return s.job.retry_delay; }),
      integer({"job.interruptions_max",
               {"TRAINYARD_JOB_INTERRUPTIONS_MAX"},
               "lost leases after which a job fails: it may be what kills its workers"},
              "1 to 1000", 1, 1'000, [](Settings& s) -> auto& { return s.job.interruptions_max; }),
      integer(
          {"retention.jobs_days",
           {"TRAINYARD_RETENTION_JOBS_DAYS"},
           "how long finished jobs are kept, with history, results and artefacts; 0 is for ever"},
          "0 to 36500 days", 0, 36'500, [](Settings& s) -> auto& { return s.retention.jobs_days; }),
      integer({"retention.decisions_days",
               {"TRAINYARD_RETENTION_DECISIONS_DAYS"},
               "how long the decisions of schedules and triggers are kept; 0 is for ever"},
              "0 to 36500 days", 0, 36'500,
              [](Settings& s) -> auto& { return s.retention.decisions_days; }),
      seconds({"job.checkpoint_interval_seconds",
               {"TRAINYARD_JOB_CHECKPOINT_INTERVAL_SECONDS"},
               "how often a long fit keeps what it has, for the job's next attempt"},
              "1 to 3600 seconds", 1, 3'600,
              [](Settings& s) -> auto& { return s.checkpoint_interval; }),
      choice<log::Level>({"log.level", {"TRAINYARD_LOG_LEVEL"}, "what is written to the log"},
                         "debug, info, warn or error",
                         {{"debug", log::Level::debug},
                          {"info", log::Level::info},
                          {"warn", log::Level::warn},
                          {"error", log::Level::error}},
                         [](Settings& s) -> auto& { return s.log_level; }),
      choice<bool>({"drills.allowed",
                    {"TRAINYARD_DRILLS_ALLOWED"},
                    "accept jobs whose config asks for a fault drill"},
                   "true or false", {{"true", true}, {"false", false}},
                   [](Settings& s) -> auto& { return s.drills_allowed; }),
  };
}

}  // namespace

std::string Setting::flag() const {
  std::string name = "--" + std::string(key);
  for (auto& c : name) {
    if (c == '.' || c == '_') c = '-';
  }
  return name;
}

const std::vector<Setting>& setting_table() {
  static const auto table = [] {
    std::vector<Setting> all;
    for (auto part : {store_settings(), kafka_settings(), http_settings(), s3_settings(),
                      access_settings(), work_settings()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

}  // namespace trainyard::config
