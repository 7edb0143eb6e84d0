#pragma once

#include "common/ports/definition_store.hpp"

namespace trainyard::sql {

// Errc::invalid_argument names the field that no database would keep.
Result<void> check_storable(const ports::NewDefinition& definition);
std::unexpected<Error> no_definition(ports::DefinitionKind kind, std::string_view name);
std::unexpected<Error> changed_meanwhile(ports::DefinitionKind kind, std::string_view name);

}  // namespace trainyard::sql
