#pragma once

#include "common/base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trainyard::http {

// Writes the rows of a request to a CSV file in `dir` and answers its path, for
// service::JobIntake::store_rows. Blocks. Errors: those of wire::rows_to_csv and of the disk.
Result<std::string> store_rows(const std::filesystem::path& dir, std::string_view rows);

}  // namespace trainyard::http
