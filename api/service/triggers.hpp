#pragma once

#include "api/service/definitions.hpp"
#include "api/service/find_zone.hpp"

// What users do with triggers beside reading and removing them. All block. Errors also:
// not_found, forbidden, the store's.

namespace trainyard::service {

struct Triggering {
  ports::DefinitionStore& definitions;
  const JobIntake& intake;  // says where tables may be
  const FindZone& find_zone;
};

// As JobIntake::check_path, of a table.
Result<void> check_table(const JobIntake& intake, const std::string& table);

// Stores a trigger. It goes on from the version it has seen unless it is to watch another table.
// invalid_argument names the key.
Result<ports::Definition> put_trigger(const Triggering& with, const Caller& caller,
                                      std::string_view name, std::string_view body);

// Pauses or resumes it. What is committed while it is paused counts when it goes on.
Result<ports::Definition> enable_trigger(const Triggering& with, const Caller& caller,
                                         std::string_view name, Enabled enabled);

}  // namespace trainyard::service
