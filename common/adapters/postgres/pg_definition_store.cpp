#include "common/adapters/postgres/database.hpp"
#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/definition_errors.hpp"
#include "common/adapters/sql/definition_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

namespace trainyard::postgres {
namespace {

using ports::Advance;
using ports::Decision;
using ports::Definition;
using ports::DefinitionKind;

// An empty parameter stands for none.
const Statement put_definition{
    "put_definition",
    "INSERT INTO definitions AS d (kind, name, user_id, spec, state, due_at, revision, created_at, "
    "updated_at) SELECT $1, $2, $3, $4, $5, nullif($6, '')::timestamptz, 1, now(), now() "
    "WHERE $7 = '' OR nullif($7, '')::bigint = coalesce((SELECT revision FROM definitions "
    "WHERE kind = $1 AND name = $2), 0) "
    "ON CONFLICT (kind, name) DO UPDATE SET user_id = excluded.user_id, spec = excluded.spec, "
    "state = excluded.state, due_at = excluded.due_at, revision = d.revision + 1, "
    "updated_at = now() WHERE $7 = '' OR d.revision = nullif($7, '')::bigint RETURNING " +
        sql::definition_columns,
    Effect::writes};
const Statement get_definition{
    "get_definition",
    "SELECT " + sql::definition_columns + " FROM definitions d WHERE d.kind = $1 AND d.name = $2",
    Effect::reads};
const Statement list_definitions{"list_definitions",
                                 "SELECT " + sql::definition_columns +
                                     " FROM definitions d WHERE d.kind = $1 "
                                     "AND d.name > $2 COLLATE \"C\" "
                                     "ORDER BY d.name COLLATE \"C\" LIMIT $3::int",
                                 Effect::reads};
const Statement remove_definition{
    "remove_definition",
    "WITH gone AS (DELETE FROM decisions WHERE kind = $1 AND name = $2) "
    "DELETE FROM definitions WHERE kind = $1 AND name = $2 RETURNING 1",
    Effect::writes};
const Statement due_definitions{"due_definitions",
                                "SELECT " + sql::definition_columns +
                                    " FROM definitions d WHERE d.kind = $1 "
                                    "AND d.due_at <= $2::timestamptz "
                                    "ORDER BY d.due_at LIMIT $3::int",
                                Effect::reads};
const Statement next_due_definition{
    "next_due_definition", "SELECT min(due_at) FROM definitions WHERE kind = $1", Effect::reads};
const Statement advance_definition{"advance_definition", R"sql(
WITH advanced AS (
  UPDATE definitions SET state = $4, due_at = nullif($5, '')::timestamptz,
                         revision = revision + 1, updated_at = now()
  WHERE kind = $1 AND name = $2 AND revision = $3::bigint RETURNING 1
), decided AS (
  INSERT INTO decisions (kind, name, at, outcome, reason, data)
  SELECT $1, $2, i.* FROM unnest($6::timestamptz[], $7::text[], $8::text[], $9::text[]) AS i
  WHERE EXISTS (SELECT FROM advanced)
)
SELECT count(*) FROM advanced)sql",
                                   Effect::writes};
const Statement note_decision{"note_decision",
                              "INSERT INTO decisions (kind, name, at, outcome, reason, data) "
                              "SELECT kind, name, $3::timestamptz, $4, $5, $6 FROM definitions "
                              "WHERE kind = $1 AND name = $2 RETURNING 1",
                              Effect::writes};
const Statement keep_newest_decisions{
    "keep_newest_decisions",
    "DELETE FROM decisions WHERE kind = $1 AND name = $2 AND id <= (SELECT id FROM decisions "
    "WHERE kind = $1 AND name = $2 ORDER BY id DESC OFFSET $3::int LIMIT 1)",
    Effect::writes};
const Statement forget_old_decisions{
    "forget_old_decisions",
    "WITH oldest AS (SELECT id, at FROM decisions ORDER BY id LIMIT $2::int), "
    "gone AS (DELETE FROM decisions d USING oldest o "
    "WHERE d.id = o.id AND o.at < now() - $1::interval RETURNING 1) SELECT count(*) FROM gone",
    Effect::writes};
const Statement list_decisions{"list_decisions",
                               "SELECT " + sql::decision_columns +
                                   " FROM decisions c WHERE c.kind = $1 AND c.name = $2 "
                                   "AND ($3 = '' OR c.id < nullif($3, '')::bigint) "
                                   "ORDER BY c.id DESC LIMIT $4::int",
                               Effect::reads};

std::string text_of(const std::optional<TimePoint>& time) {
  return time ? to_iso8601(*time) : std::string();
}

std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : std::string();
}

std::vector<Definition> read_all(const pqxx::result& rows) {
  std::vector<Definition> found;
  for (const auto& row : rows) {
    Columns columns(row);
    found.push_back(sql::read_definition(columns));
  }
  return found;
}

Parameters parameters_of(const Advance& advance) {
  TextArray at, outcome, reason, data;
  for (const auto& decision : advance.decisions) {
    at.add(decision.at);
    outcome.add(decision.outcome);
    reason.add(sql::storable(decision.reason));
    data.add(decision.data);
  }
  return {std::string(to_string(advance.kind)),
          advance.name,
          std::to_string(advance.revision),
          advance.state,
          text_of(advance.due_at),
          std::move(at).take(),
          std::move(outcome).take(),
          std::move(reason).take(),
          std::move(data).take()};
}

// DefinitionStore over PostgreSQL. Thread-safe.
class PgDefinitionStore final : public ports::DefinitionStore {
 public:
  explicit PgDefinitionStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<Definition> put(const ports::NewDefinition& definition,
                         std::optional<std::int64_t> revision) override {
    TRY_DO(sql::check_storable(definition));
    return guarded([&]() -> Result<Definition> {
      const auto rows =
          database_->run(put_definition, {std::string(to_string(definition.kind)), definition.name,
                                          definition.user_id, definition.spec, definition.state,
                                          text_of(definition.due_at), text_of(revision)});
      if (rows.empty()) return sql::changed_meanwhile(definition.kind, definition.name);
      return read_all(rows).front();
    });
  }

  Result<Definition> get(DefinitionKind kind, std::string_view name) override {
    return guarded([&]() -> Result<Definition> {
      const auto rows =
          database_->run(get_definition, {std::string(to_string(kind)), std::string(name)});
      if (rows.empty()) return sql::no_definition(kind, name);
      return read_all(rows).front();
    });
  }

  Result<std::vector<Definition>> list(DefinitionKind kind, std::string_view after,
                                       int limit) override {
    return guarded([&]() -> Result<std::vector<Definition>> {
      return read_all(database_->run(
          list_definitions,
          {std::string(to_string(kind)), std::string(after), std::to_string(limit)}));
    });
  }

  Result<void> remove(DefinitionKind kind, std::string_view name) override {
    return guarded([&]() -> Result<void> {
      const auto rows =
          database_->run(remove_definition, {std::string(to_string(kind)), std::string(name)});
      if (rows.empty()) return sql::no_definition(kind, name);
      return {};
    });
  }

  Result<std::vector<Definition>> due(DefinitionKind kind, TimePoint now, int limit) override {
    return guarded([&]() -> Result<std::vector<Definition>> {
      return read_all(database_->run(
          due_definitions, {std::string(to_string(kind)), to_iso8601(now), std::to_string(limit)}));
    });
  }

  Result<std::optional<TimePoint>> next_due(DefinitionKind kind) override {
    return guarded([&]() -> Result<std::optional<TimePoint>> {
      return Columns(database_->run(next_due_definition, {std::string(to_string(kind))})[0])
          .optional_time();
    });
  }

  Result<std::int64_t> advance(const Advance& advance) override {
    return guarded([&]() -> Result<std::int64_t> {
      const auto rows = database_->run(advance_definition, parameters_of(advance));
      if (Columns(rows[0]).integer() == 0) {
        return sql::changed_meanwhile(advance.kind, advance.name);
      }
      if (!advance.decisions.empty()) forget(advance.kind, advance.name);
      return advance.revision + 1;
    });
  }

  Result<void> note(DefinitionKind kind, std::string_view name, const Decision& decision) override {
    return guarded([&]() -> Result<void> {
      const auto noted = database_->run(
          note_decision, {std::string(to_string(kind)), std::string(name), to_iso8601(decision.at),
                          decision.outcome, sql::storable(decision.reason), decision.data});
      if (noted.empty()) return sql::no_definition(kind, name);
      forget(kind, name);
      return {};
    });
  }

  Result<std::vector<Decision>> decisions(DefinitionKind kind, std::string_view name,
                                          std::optional<std::int64_t> before, int limit) override {
    return guarded([&]() -> Result<std::vector<Decision>> {
      std::vector<Decision> found;
      for (const auto& row :
           database_->run(list_decisions, {std::string(to_string(kind)), std::string(name),
                                           text_of(before), std::to_string(limit)})) {
        Columns columns(row);
        found.push_back(sql::read_decision(columns));
      }
      return found;
    });
  }

  Result<int> forget_decisions(milliseconds age, int limit) override {
    return guarded([&]() -> Result<int> {
      const auto rows =
          database_->run(forget_old_decisions,
                         {fmt::format("{} milliseconds", age.count()), std::to_string(limit)});
      return Columns(rows[0]).number();
    });
  }

 private:
  void forget(DefinitionKind kind, std::string_view name) {
    database_->run(keep_newest_decisions, {std::string(to_string(kind)), std::string(name),
                                           std::to_string(decisions_max)});
  }

  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::DefinitionStore> make_definition_store(std::shared_ptr<Database> database) {
  return std::make_unique<PgDefinitionStore>(std::move(database));
}

}  // namespace trainyard::postgres
