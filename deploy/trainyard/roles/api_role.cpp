#include "deploy/trainyard/roles/api_role.hpp"

#include "api/http/api.hpp"
#include "api/http/server.hpp"
#include "api/notifier/live_server.hpp"
#include "api/notifier/notifier_feed.hpp"
#include "api/notifier/store_snapshots.hpp"
#include "api/service/api_keys.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "deploy/trainyard/roles/access.hpp"
#include "deploy/trainyard/roles/storage.hpp"
#include "deploy/trainyard/roles/training_tools.hpp"

namespace trainyard {
namespace {

constexpr const char* live_hint =
    "this is a notifier: it serves /ws, /api/v2/stream and /health, an api role serves the rest";

std::filesystem::path web_dir_of(const config::Settings& settings) {
  if (!settings.web_dir.empty()) return settings.web_dir;
  std::error_code error;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "web";
  return std::filesystem::exists(beside / "index.html") ? beside : TRAINYARD_WEB_DIR;
}

http::ServerOptions server_options(const config::Settings& settings, Serves serves) {
  http::ServerOptions options{
      .host = settings.http.host,
      .port = static_cast<std::uint16_t>(settings.http.port),
      .connections_max = static_cast<std::size_t>(settings.http.connections_max),
      .upload_bytes_max = static_cast<std::uint64_t>(settings.http.upload_bytes_max),
      .host_names = host_names_of(settings)};
  if (serves == Serves::live) options.lost_hint = live_hint;
  return options;
}

}  // namespace

class ApiRole::Parts {
 public:
  Parts(const config::Settings& settings, const log::Log& log, Backbone& backbone, Serves serves)
      : artifacts_(open_artifacts(settings, make_impatient_s3_client(settings))),
        tasks_(log, one_child(settings)),
        intake_(make_intake(settings, tasks_)),
        identity_(make_identity(settings, log, *backbone.access)),
        audit_(log, *backbone.access, system_clock(),
               {.keep = std::chrono::days(settings.auth.audit_days)}),
        gate_(*backbone.line),
        ledger_(*backbone.requests),
        commits_(*backbone.store, gate_, {}),
        control_(log, *backbone.bus),
        pool_({.threads = static_cast<std::size_t>(settings.store.connections)}),
        live_(
            log, {}, pool_,
            [&store = *backbone.store](const notifier::Topic& topic,
                                       const service::Caller& caller) {
              return notifier::read_snapshot(store, topic, caller, system_clock().now());
            },
            [&access = *backbone.access](const service::Caller& caller) {
              return service::is_still_welcome(access, caller, system_clock().now());
            }),
        api_{.store = *backbone.store,
             .line = *backbone.line,
             .job_log = *backbone.job_log,
             .definitions = *backbone.definitions,
             .artifacts = *artifacts_,
             .pipelines = *backbone.pipelines,
             .bus = *backbone.bus,
             .gate = gate_,
             .ledger = ledger_,
             .access = *backbone.access,
             .identity = *identity_,
             .audit = audit_,
             .commits = commits_,
             .control = control_,
             .intake = intake_,
             .pool = pool_,
             .clock = system_clock(),
             .upload_dir = upload_dir_of(settings),
             .convert =
                 [this, settings](const std::filesystem::path& file) {
                   return import_file(tasks_, settings, file.string());
                 },
             .web_dir = web_dir_of(settings),
             .version = TRAINYARD_VERSION,
             .find_zone = tzdb::find_zone,
             .webhook_secret = settings.events.webhook_secret,
             .live = &live_,
             .train_wait = settings.http.train_wait},
        server_(log, server_options(settings, serves),
                serves == Serves::live ? http::live_routes() : http::api_routes(), api_, &live_),
        feed_(log, *backbone.bus, live_) {}

  void start() {
    server_.start();
    feed_.start();
  }
  // The feed first: it hands its last news to a server that still runs.
  void stop() {
    feed_.stop();
    server_.stop();
  }
  std::uint16_t port() const { return server_.port(); }

 private:
  std::unique_ptr<ports::ArtifactStore> artifacts_;
  ChildTasks tasks_;
  service::JobIntake intake_;
  std::unique_ptr<ports::Identity> identity_;
  service::AuditTrail audit_;
  service::EntryGate gate_;
  service::RequestLedger ledger_;
  service::GroupCommit commits_;
  service::JobControl control_;
  http::OffloadPool pool_;
  notifier::LiveServer live_;
  http::Api api_;
  http::Server server_;
  notifier::NotifierFeed feed_;
};

ApiRole::ApiRole(const config::Settings& settings, const log::Log& log, Backbone& backbone,
                 Serves serves)
    : parts_(std::make_unique<Parts>(settings, log, backbone, serves)) {}
ApiRole::~ApiRole() {
  stop();
}

void ApiRole::start() {
  parts_->start();
}
void ApiRole::stop() {
  parts_->stop();
}
std::uint16_t ApiRole::port() const {
  return parts_->port();
}

}  // namespace trainyard
