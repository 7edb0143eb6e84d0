#include "tests/support/postgres/test_schema.hpp"

#include "common/base/uuid.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cstdlib>

namespace trainyard::tests {
namespace {

std::string run_on(const std::string& uri, const std::string& sql) {
  pqxx::connection connection(uri);
  pqxx::nontransaction session(connection);
  const auto rows = session.exec(sql);
  return rows.empty() || rows[0].empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

}  // namespace

Result<TestSchema> TestSchema::make() {
  const char* server = std::getenv("TRAINYARD_TEST_POSTGRES");
  if (!server) {
    return fail(Error{.code = Errc::unavailable,
                      .detail = "no PostgreSQL to test with",
                      .hint = "set TRAINYARD_TEST_POSTGRES to a libpq URI"});
  }
  auto name = "test_" + Uuid::make_v7().to_string();
  std::ranges::replace(name, '-', '_');
  const std::string base = server;
  // The application's name tells this schema's connections from those of tests beside it.
  const auto uri =
      fmt::format("{}{}options=-csearch_path%3D{}&application_name={}", base,
                  base.find('?') == std::string::npos ? "?" : "&", name, name.substr(0, 60));
  run_on(base, fmt::format("CREATE SCHEMA {}", name));
  return TestSchema(name, Secret(uri));
}

TestSchema::TestSchema(TestSchema&& other) noexcept
    : name_(std::exchange(other.name_, {})), uri_(std::move(other.uri_)) {}

TestSchema::~TestSchema() {
  if (!name_.empty()) {
    run(fmt::format("SET client_min_messages = warning; DROP SCHEMA {} CASCADE", name_));
  }
}

std::string TestSchema::run(const std::string& sql) const {
  return run_on(uri_.reveal(), sql);
}

std::shared_ptr<void> TestSchema::hold_locks(const std::string& sql) const {
  struct Held {
    explicit Held(const std::string& uri) : connection(uri), transaction(connection) {}
    pqxx::connection connection;
    pqxx::work transaction;
  };
  auto held = std::make_shared<Held>(uri_.reveal());
  held->transaction.exec(sql);
  return held;
}

int TestSchema::terminate_connections() const {
  return std::stoi(
      run("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
          "WHERE application_name = current_setting('application_name') "
          "AND pid <> pg_backend_pid()"));
}

}  // namespace trainyard::tests
