#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "deploy/trainyard/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace trainyard {
namespace {

Result<int> migrate(const config::Settings& settings) {
  if (settings.store.type == config::StoreType::postgres) {
    return postgres::migrate(settings.store.postgres_uri);
  }
  std::error_code error;
  std::filesystem::create_directories(settings.sqlite_path().parent_path(), error);
  return sqlite::migrate(settings.sqlite_path().string());
}

}  // namespace

void add_migrate(CLI::App& app, Selection& selection) {
  app.add_subcommand("migrate", "Bring the database to this version's schema")
      ->callback([&selection] {
        selection.run = [](const config::Settings& settings) {
          const auto ran = migrate(settings);
          if (!ran) return report(ran.error());
          fmt::print("{} migrations applied; the database is up to date\n", *ran);
          return Exit::ok;
        };
      });
}

}  // namespace trainyard
