#pragma once

#include "common/ports/definition_store.hpp"

#include <string>

// How rows of definitions d and decisions c become values; as rows.hpp.

namespace trainyard::sql {

inline const std::string definition_columns =
    "d.kind, d.name, d.user_id, d.spec, d.state, d.due_at, d.revision, d.created_at, d.updated_at";
inline const std::string decision_columns = "c.id, c.at, c.outcome, c.reason, c.data";

template <class Row>
ports::Definition read_definition(Row& row) {
  ports::Definition definition;
  const std::string kind(row.text());
  for (const auto each : ports::all_definition_kinds) {
    if (to_string(each) == kind) definition.kind = each;
  }
  definition.name = row.text();
  definition.user_id = row.text();
  definition.spec = row.text();
  definition.state = row.text();
  definition.due_at = row.optional_time();
  definition.revision = row.integer();
  definition.created_at = row.time();
  definition.updated_at = row.time();
  return definition;
}

template <class Row>
ports::Decision read_decision(Row& row) {
  ports::Decision decision;
  decision.id = row.integer();
  decision.at = row.time();
  decision.outcome = row.text();
  decision.reason = row.text();
  decision.data = row.text();
  return decision;
}

}  // namespace trainyard::sql
