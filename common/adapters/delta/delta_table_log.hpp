#pragma once

#include "common/adapters/delta/log_files.hpp"
#include "common/ports/table_log.hpp"

#include <memory>

namespace trainyard::delta {

// The log of a Delta table over its files. Versions are found by asking for the next one, so a look
// that finds nothing costs one question, however long the log is.
std::unique_ptr<ports::TableLog> open_table_log(std::unique_ptr<LogFiles> files);

}  // namespace trainyard::delta
