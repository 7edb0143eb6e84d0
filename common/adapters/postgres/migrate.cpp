#include "common/adapters/postgres/connection_pool.hpp"
#include "common/adapters/postgres/pg_access_store.hpp"
#include "common/adapters/postgres/pg_dispatch_store.hpp"
#include "common/adapters/postgres/pg_idempotency_store.hpp"
#include "common/adapters/postgres/pg_job_store.hpp"
#include "common/adapters/sql/migration.hpp"

#include <fmt/format.h>

namespace trainyard::postgres {

std::span<const sql::Migration> migrations();  // embedded at build time

namespace {

// Of the advisory lock that lets one migrator in: "trainyrd" in ASCII.
constexpr std::int64_t migration_lock = 0x747261696e797264;

std::vector<sql::AppliedMigration> applied_migrations(pqxx::transaction_base& transaction) {
  std::vector<sql::AppliedMigration> applied;
  for (const auto& row :
       transaction.exec("SELECT number, name, checksum FROM schema_migrations ORDER BY number")) {
    applied.push_back({.number = row[0].as<int>(),
                       .name = row[1].as<std::string>(),
                       .checksum = row[2].as<std::string>()});
  }
  return applied;
}

Result<int> migrate_with(pqxx::connection& connection) {
  pqxx::work transaction(connection);
  transaction.exec("SET LOCAL lock_timeout = 0; SET LOCAL client_min_messages = warning");
  transaction.exec(fmt::format("SELECT pg_advisory_xact_lock({})", migration_lock));
  transaction.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations (number integer NOT NULL PRIMARY KEY, "
      "name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  const auto applied = applied_migrations(transaction);
  TRY(const auto missing, sql::pending(migrations(), applied));
  for (const auto& migration : missing) {
    transaction.exec(std::string(migration.up));
    transaction.exec_params(
        "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
        migration.number, std::string(migration.name), sql::checksum_of(migration));
  }
  transaction.commit();
  return static_cast<int>(missing.size());
}

Result<void> check_schema(pqxx::connection& connection) {
  pqxx::work transaction(connection);
  std::vector<sql::AppliedMigration> applied;
  if (!transaction.exec("SELECT to_regclass('schema_migrations')")[0][0].is_null()) {
    applied = applied_migrations(transaction);
  }
  TRY(const auto missing, sql::pending(migrations(), applied));
  if (missing.empty()) return {};
  return fail(Error{.code = Errc::conflict,
                    .detail = fmt::format("the database lacks {} of {} migrations", missing.size(),
                                          migrations().size()),
                    .hint = "run `trainyard migrate`"});
}

// Runs `work`, translating what libpqxx throws.
template <class Work>
std::invoke_result_t<Work> translated(Work&& work) {
  try {
    return work();
  } catch (const PgFailure& failure) {
    return std::unexpected(failure.error);
  } catch (const pqxx::failure&) {
    return std::unexpected(to_failure(std::current_exception(), Effect::writes).error);
  }
}

}  // namespace

Result<int> migrate(const Secret& uri) {
  return translated([&] {
    const auto connection = connect(
        {.uri = uri, .statement = std::chrono::minutes(10), .lock = std::chrono::minutes(1)});
    return migrate_with(*connection);
  });
}

Result<std::shared_ptr<Database>> open_database(Options options) {
  return translated([&]() -> Result<std::shared_ptr<Database>> {
    TRY_DO(check_schema(*connect(options)));
    return std::make_shared<Database>(std::move(options));
  });
}

std::unique_ptr<ports::JobStore> make_job_store(std::shared_ptr<Database> database) {
  return std::make_unique<PgJobStore>(std::move(database));
}

std::unique_ptr<ports::AccessStore> make_access_store(std::shared_ptr<Database> database) {
  return std::make_unique<PgAccessStore>(std::move(database));
}

std::unique_ptr<ports::DispatchStore> make_dispatch_store(std::shared_ptr<Database> database) {
  return std::make_unique<PgDispatchStore>(std::move(database));
}

std::unique_ptr<ports::IdempotencyStore> make_idempotency_store(
    std::shared_ptr<Database> database) {
  return std::make_unique<PgIdempotencyStore>(std::move(database));
}

Result<std::unique_ptr<ports::JobStore>> open_postgres_store(Options options) {
  TRY(auto database, open_database(std::move(options)));
  return make_job_store(std::move(database));
}

}  // namespace trainyard::postgres
