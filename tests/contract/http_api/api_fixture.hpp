#pragma once

#include "api/http/api.hpp"
#include "api/http/server.hpp"
#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/http_api/client.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace trainyard::http {

using nlohmann::json;

// Whoever comes is who the test says, until another is to tell.
class TestIdentity final : public ports::Identity {
 public:
  explicit TestIdentity(const ports::Principal& who) : who_(who) {}
  Result<ports::Principal> identify(const Secret& token) override {
    if (other) return other->identify(token);
    return who_;
  }
  std::optional<ports::Principal> recall(const Secret& token) override {
    return other ? other->recall(token) : std::nullopt;
  }
  void forget() override {
    if (other) other->forget();
  }

  std::unique_ptr<ports::Identity> other;

 private:
  const ports::Principal& who_;
};

// The real server on a free port, over a SQLite store in a folder of its own.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest();
  ~ApiTest() override;

  // Called by tests that need other limits, before their first request.
  void restart(ServerOptions options);
  // From now on another tells who comes in. Before the first request.
  void sign_in_by(std::unique_ptr<ports::Identity> other) { identity_.other = std::move(other); }

  Client client() const { return Client(server_->port()); }
  // Every answer has to be as schemas/openapi.json describes it.
  Answer get(const std::string& path) const { return described("GET", path); }
  Answer post(const std::string& path, const std::string& body = "") const {
    return described("POST", path, body);
  }
  Answer described(const std::string& method, const std::string& path,
                   const std::string& body = "") const;
  // A job's id, created (and submitted) by a config that is fine.
  std::string create(const std::string& query = "") const;
  domain::Job record(const std::string& id) const { return *store_->get(*JobId::parse(id)); }
  // As a worker would: claims the job; ends it with results.
  domain::Job claim(const std::string& id) const;
  void complete(const std::string& id, const std::string& metrics,
                const std::string& results) const;
  void fail_job(const std::string& id) const;
  std::size_t files_in(const std::filesystem::path& folder) const;

  std::filesystem::path folder_;
  std::unique_ptr<ports::JobStore> store_;
  std::unique_ptr<ports::DispatchStore> line_;
  std::unique_ptr<ports::JobLog> job_log_;
  std::unique_ptr<ports::AccessStore> access_;
  std::unique_ptr<ports::DefinitionStore> definitions_;
  std::unique_ptr<ports::ArtifactStore> artifacts_;
  std::unique_ptr<ports::PipelineStore> pipelines_;
  embedded_bus::EmbeddedBus bus_;
  // What the data looks like to whoever inspects it.
  Result<service::DataLayout> layout_ = service::DataLayout{
      .time_col = "ds", .target_col = "y", .segment_col = "s", .segments = {"north", "south"}};
  service::JobIntake intake_;
  std::unique_ptr<service::EntryGate> gate_;
  std::unique_ptr<ports::IdempotencyStore> requests_;
  std::unique_ptr<service::RequestLedger> ledger_;
  std::unique_ptr<service::GroupCommit> commits_;
  std::unique_ptr<service::JobControl> control_;
  std::unique_ptr<OffloadPool> pool_;
  ports::Principal who_{.user_id = "local_user", .role = domain::Role::member};
  std::string& user_ = who_.user_id;
  TestIdentity identity_{who_};
  std::unique_ptr<service::AuditTrail> audit_;
  std::function<Result<ConvertedData>(const std::filesystem::path&)> convert_;
  UpgradeHandler* upgrade_ = nullptr;
  LiveFeed* live_feed_ = nullptr;
  std::span<const Route> routes_ = api_routes();
  std::unique_ptr<Api> api_;
  std::unique_ptr<Server> server_;
};

inline const std::string good_config =
    R"({"config":{"data_path":"a.csv","target_col":"y","time_col":"ds","horizon":12,"models":["theta"]}})";

}  // namespace trainyard::http
