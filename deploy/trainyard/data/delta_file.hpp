#pragma once

#include "common/adapters/delta/snapshot.hpp"
#include "common/adapters/filesystem/file_cache.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace trainyard {

// A Delta table wherever it lies: its log, and its files as files of this machine.
struct DeltaTable {
  std::string path;
  std::unique_ptr<delta::LogFiles> log;
  // By their paths below the table; those of the log too.
  std::function<Result<std::filesystem::path>(const std::string& name)> fetch;
};

// The rows of a version (none: the newest) as one Parquet file, made once for each state of the
// table. Errors: those of delta::read_snapshot and of `fetch`; too_large.
Result<std::filesystem::path> write_delta_table(const DeltaTable& table,
                                                std::optional<std::int64_t> version,
                                                filesystem::FileCache& cache, std::stop_token stop);

}  // namespace trainyard
