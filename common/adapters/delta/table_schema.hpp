#pragma once

#include "common/adapters/delta/snapshot.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the protocol and metaData actions of a Delta table ask of its readers, and what its columns
// are. Pure; the texts are these actions as JSON.

namespace trainyard::delta {

// invalid_argument: the table needs a reader that knows more, with what it is.
Result<void> check_protocol(const std::string& protocol);

// In the order of the schema. corrupt_data: there is no schema.
Result<std::vector<TableColumn>> columns_of(const std::string& metadata);

}  // namespace trainyard::delta
