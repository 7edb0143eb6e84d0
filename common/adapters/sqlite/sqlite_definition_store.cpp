#include "common/adapters/sql/definition_errors.hpp"
#include "common/adapters/sql/definition_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/database.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"

#include <fmt/format.h>

namespace trainyard::sqlite {
namespace {

using ports::Advance;
using ports::Decision;
using ports::Definition;
using ports::DefinitionKind;

const std::string select_definition = "SELECT " + sql::definition_columns + " FROM definitions d ";

std::vector<Definition> read_all(Query& row) {
  std::vector<Definition> found;
  while (row.step())
    found.push_back(sql::read_definition(row));
  return found;
}

// DefinitionStore over one SQLite file. Thread-safe.
class SqliteDefinitionStore final : public ports::DefinitionStore {
 public:
  explicit SqliteDefinitionStore(std::shared_ptr<Database> database)
      : database_(std::move(database)) {}

  Result<Definition> put(const ports::NewDefinition& definition,
                         std::optional<std::int64_t> revision) override {
    TRY_DO(sql::check_storable(definition));
    TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
      auto row = connection.query(
          "INSERT INTO definitions AS d (kind, name, user_id, spec, state, due_at, revision, "
          "created_at, updated_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7 "
          "WHERE ?8 IS NULL OR ?8 = coalesce((SELECT revision FROM definitions "
          "WHERE kind = ?1 AND name = ?2), 0) "
          "ON CONFLICT (kind, name) DO UPDATE SET user_id = ?3, spec = ?4, state = ?5, "
          "due_at = ?6, revision = d.revision + 1, updated_at = ?7 RETURNING revision");
      row.bind(to_string(definition.kind))
          .bind(definition.name)
          .bind(definition.user_id)
          .bind(definition.spec)
          .bind(definition.state)
          .bind(definition.due_at)
          .bind(now)
          .bind(revision);
      if (row.step()) return {};
      return sql::changed_meanwhile(definition.kind, definition.name);
    }));
    return get(definition.kind, definition.name);
  }

  Result<Definition> get(DefinitionKind kind, std::string_view name) override {
    return guarded([&]() -> Result<Definition> {
      Database::Reader reader(*database_);
      auto row = reader->query(select_definition + "WHERE d.kind = ? AND d.name = ?");
      row.bind(to_string(kind)).bind(name);
      if (row.step()) return sql::read_definition(row);
      return sql::no_definition(kind, name);
    });
  }

  Result<std::vector<Definition>> list(DefinitionKind kind, std::string_view after,
                                       int limit) override {
    return guarded([&]() -> Result<std::vector<Definition>> {
      Database::Reader reader(*database_);
      auto row = reader->query(select_definition +
                               "WHERE d.kind = ? AND d.name > ? ORDER BY d.name LIMIT ?");
      row.bind(to_string(kind)).bind(after).bind(limit);
      return read_all(row);
    });
  }

  Result<void> remove(DefinitionKind kind, std::string_view name) override {
    return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
      connection.query("DELETE FROM decisions WHERE kind = ? AND name = ?")
          .bind(to_string(kind))
          .bind(name)
          .run();
      connection.query("DELETE FROM definitions WHERE kind = ? AND name = ?")
          .bind(to_string(kind))
          .bind(name)
          .run();
      if (connection.changes() == 0) return sql::no_definition(kind, name);
      return {};
    });
  }

  Result<std::vector<Definition>> due(DefinitionKind kind, TimePoint now, int limit) override {
    return guarded([&]() -> Result<std::vector<Definition>> {
      Database::Reader reader(*database_);
      auto row = reader->query(select_definition +
                               "WHERE d.kind = ? AND d.due_at <= ? ORDER BY d.due_at LIMIT ?");
      row.bind(to_string(kind)).bind(now).bind(limit);
      return read_all(row);
    });
  }

  Result<std::optional<TimePoint>> next_due(DefinitionKind kind) override {
    return guarded([&]() -> Result<std::optional<TimePoint>> {
      Database::Reader reader(*database_);
      auto row = reader->query("SELECT min(due_at) FROM definitions WHERE kind = ?");
      row.bind(to_string(kind)).step();
      return row.optional_time();
    });
  }

  Result<std::int64_t> advance(const Advance& advance) override {
    TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
      connection
          .query(
              "UPDATE definitions SET state = ?, due_at = ?, revision = revision + 1, "
              "updated_at = ? WHERE kind = ? AND name = ? AND revision = ?")
          .bind(advance.state)
          .bind(advance.due_at)
          .bind(now)
          .bind(to_string(advance.kind))
          .bind(advance.name)
          .bind(advance.revision)
          .run();
      if (connection.changes() == 0) return sql::changed_meanwhile(advance.kind, advance.name);
      write_decisions(connection, advance.kind, advance.name, advance.decisions);
      return {};
    }));
    return advance.revision + 1;
  }

  Result<void> note(DefinitionKind kind, std::string_view name, const Decision& decision) override {
    return database_->write([&](Connection& connection, TimePoint) -> Result<void> {
      auto known = connection.query("SELECT 1 FROM definitions WHERE kind = ? AND name = ?");
      if (!known.bind(to_string(kind)).bind(name).step()) return sql::no_definition(kind, name);
      write_decisions(connection, kind, name, {&decision, 1});
      return {};
    });
  }

  Result<std::vector<Decision>> decisions(DefinitionKind kind, std::string_view name,
                                          std::optional<std::int64_t> before, int limit) override {
    return guarded([&]() -> Result<std::vector<Decision>> {
      Database::Reader reader(*database_);
      auto row = reader->query("SELECT " + sql::decision_columns +
                               " FROM decisions c WHERE c.kind = ?1 AND c.name = ?2 "
                               "AND (?3 IS NULL OR c.id < ?3) ORDER BY c.id DESC LIMIT ?4");
      row.bind(to_string(kind)).bind(name).bind(before).bind(limit);
      std::vector<Decision> found;
      while (row.step())
        found.push_back(sql::read_decision(row));
      return found;
    });
  }

  Result<int> forget_decisions(milliseconds age, int limit) override {
    int forgotten = 0;
    TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
      connection
          .query(
              "DELETE FROM decisions WHERE at < ? AND id IN "
              "(SELECT id FROM decisions ORDER BY id LIMIT ?)")
          .bind(now - age)
          .bind(limit)
          .run();
      forgotten = connection.changes();
      return {};
    }));
    return forgotten;
  }

 private:
  static void write_decisions(Connection& connection, DefinitionKind kind, std::string_view name,
                              std::span<const Decision> decisions) {
    if (decisions.empty()) return;
    for (const auto& decision : decisions) {
      connection
          .query(
              "INSERT INTO decisions (kind, name, at, outcome, reason, data) "
              "VALUES (?, ?, ?, ?, ?, ?)")
          .bind(to_string(kind))
          .bind(name)
          .bind(decision.at)
          .bind(decision.outcome)
          .bind(sql::storable(decision.reason))
          .bind(decision.data)
          .run();
    }
    connection
        .query(
            "DELETE FROM decisions WHERE kind = ?1 AND name = ?2 AND id <= (SELECT id FROM "
            "decisions WHERE kind = ?1 AND name = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)")
        .bind(to_string(kind))
        .bind(name)
        .bind(ports::DefinitionStore::decisions_max)
        .run();
  }

  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::DefinitionStore> make_definition_store(std::shared_ptr<Database> database) {
  return std::make_unique<SqliteDefinitionStore>(std::move(database));
}

}  // namespace trainyard::sqlite
