#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the SQL stores share about migrations: the embedded files and the decision which of them a
// database still needs. Pure; each adapter reads and writes its own schema_migrations table.

namespace trainyard::sql {

struct Migration {
  int number;
  std::string_view name;
  std::string_view up;
  std::string_view down;
};

struct AppliedMigration {
  int number;
  std::string name;
  std::string checksum;
};

// Changes with any character of the forward script.
std::string checksum_of(const Migration& migration);

// Those of `known` (dense, from 1) that are not in `applied` yet, in order. Errc::conflict when an
// applied one was edited since, or when the database is newer than this executable.
Result<std::span<const Migration>> pending(std::span<const Migration> known,
                                           std::span<const AppliedMigration> applied);

}  // namespace trainyard::sql
