#include "tests/contract/http_api/api_fixture.hpp"

#include "api/http/inline_rows.hpp"
#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "common/adapters/tzdb/find_zone.hpp"
#include "tests/contract/http_api/openapi_check.hpp"

#include <atomic>
#include <fstream>
#include <unistd.h>

namespace trainyard::http {
namespace {

std::filesystem::path fresh_folder() {
  static std::atomic<int> count{0};
  return std::filesystem::temp_directory_path() /
         ("trainyard-api-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
}

constexpr std::array<std::string_view, 4> models{"auto", "ets", "theta", "ensemble"};

}  // namespace

ApiTest::ApiTest() : folder_(fresh_folder()), bus_(embedded_bus::EmbeddedBusOptions{}) {
  std::filesystem::create_directories(folder_ / "web" / "assets");
  const auto database = *sqlite::open_database({.path = folder_ / "jobs.db"});
  store_ = sqlite::make_job_store(database);
  line_ = sqlite::make_dispatch_store(database);
  job_log_ = sqlite::make_job_log(database);
  gate_ = std::make_unique<service::EntryGate>(*line_);
  requests_ = sqlite::make_idempotency_store(database);
  ledger_ = std::make_unique<service::RequestLedger>(*requests_);
  access_ = sqlite::make_access_store(database);
  definitions_ = sqlite::make_definition_store(database);
  artifacts_ = filesystem::open_artifact_store(folder_ / "artifacts");
  pipelines_ = sqlite::make_pipeline_store(database);
  intake_ = {
      .check_config =
          [](std::string_view config) { return service::check_config(config, {.models = models}); },
      .store_rows = [this](std::string_view rows) { return store_rows(folder_ / "uploads", rows); },
      .inspect = [this](const domain::ForecastSpec&) { return layout_; },
      .ensemble_members =
          [](const std::vector<std::string>& all) {
            return std::vector<std::string>(all.begin(), all.end() - 1);
          },
      .cluster_config = {}};
  commits_ =
      std::make_unique<service::GroupCommit>(*store_, *gate_, service::GroupCommit::Options{});
  control_ = std::make_unique<service::JobControl>(log::Log(), bus_);
  pool_ = std::make_unique<OffloadPool>(OffloadPool::Options{.threads = 2});
  audit_ = std::make_unique<service::AuditTrail>(
      log::Log(), *access_, system_clock(),
      service::AuditTrail::Options{.gather = std::chrono::milliseconds(1)});
  convert_ = [](const std::filesystem::path& file) -> Result<ConvertedData> {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    ConvertedData data{.data_path = file.string() + ".parquet", .columns = {line}};
    while (std::getline(in, line)) {
      ++data.rows;
      if (line == "ragged") {
        return fail(Error{.code = Errc::corrupt_data,
                          .detail = "1 cell, expected 2",
                          .field = "y",
                          .row = data.rows + 1,
                          .hint = "mend the row"});
      }
    }
    return data;
  };
  restart({});
}

void ApiTest::restart(ServerOptions options) {
  server_.reset();
  api_.reset(new Api{.store = *store_,
                     .line = *line_,
                     .job_log = *job_log_,
                     .definitions = *definitions_,
                     .artifacts = *artifacts_,
                     .pipelines = *pipelines_,
                     .bus = bus_,
                     .gate = *gate_,
                     .ledger = *ledger_,
                     .access = *access_,
                     .identity = identity_,
                     .audit = *audit_,
                     .commits = *commits_,
                     .control = *control_,
                     .intake = intake_,
                     .pool = *pool_,
                     .clock = system_clock(),
                     .upload_dir = folder_ / "uploads",
                     .convert = convert_,
                     .web_dir = folder_ / "web",
                     .version = "test",
                     .find_zone = tzdb::find_zone,
                     .live = live_feed_});
  options.port = 0;
  server_ = std::make_unique<Server>(log::Log(), std::move(options), routes_, *api_, upgrade_);
  server_->start();
}

ApiTest::~ApiTest() {
  server_.reset();
  pool_.reset();
  audit_.reset();
  commits_.reset();
  gate_.reset();
  line_.reset();
  job_log_.reset();
  definitions_.reset();
  pipelines_.reset();
  store_.reset();
  std::filesystem::remove_all(folder_);
}

Answer ApiTest::described(const std::string& method, const std::string& path,
                          const std::string& body) const {
  auto answer = client().send(method, path, body);
  EXPECT_TRUE(is_described(method, path, answer));
  return answer;
}

std::string ApiTest::create(const std::string& query) const {
  return post("/api/v2/jobs" + query, good_config).json()["job_id"];
}

domain::Job ApiTest::claim(const std::string& id) const {
  auto job = record(id);
  if (!job.admitted_at) {
    const domain::JobCommand admit = domain::Admit{job.id, job.dispatch_no};
    job = store_->apply({&admit, 1}).front()->job;
  }
  const std::array<domain::JobCommand, 1> commands{domain::Claim{.job_id = job.id,
                                                                 .dispatch_no = job.dispatch_no,
                                                                 .worker_id = "worker",
                                                                 .token = ClaimToken::make(),
                                                                 .lease = milliseconds(60'000)}};
  return store_->apply(commands).front()->job;
}

void ApiTest::complete(const std::string& id, const std::string& metrics,
                       const std::string& results) const {
  const auto job = claim(id);
  const std::array<domain::JobCommand, 1> commands{
      domain::Finish{.job_id = job.id,
                     .fence = job.fence,
                     .outcome = domain::Succeeded{.results = results,
                                                  .metrics = metrics,
                                                  .artifact_uri = "file:///model",
                                                  .mlflow_run_id = "run-1"}}};
  ASSERT_TRUE(store_->apply(commands).front().has_value());
}

void ApiTest::fail_job(const std::string& id) const {
  const auto job = claim(id);
  const std::array<domain::JobCommand, 1> commands{domain::Finish{
      .job_id = job.id,
      .fence = job.fence,
      .outcome = domain::Failed{.error = {.code = Errc::invalid_argument, .detail = "bad data"},
                                .policy = {}}}};
  ASSERT_TRUE(store_->apply(commands).front().has_value());
}

std::size_t ApiTest::files_in(const std::filesystem::path& folder) const {
  if (!std::filesystem::exists(folder)) return 0;
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace trainyard::http
