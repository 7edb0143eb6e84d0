#pragma once

#include "common/base/error.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trainyard::delta {

// The files of a table's `_delta_log`, wherever they are stored. Blocks.
class LogFiles {
 public:
  virtual ~LogFiles() = default;
  virtual Result<std::string> read(const std::string& name) = 0;  // not_found
  virtual Result<std::vector<std::string>> list() = 0;            // names; none without a log
  virtual bool exists(const std::string& name) = 0;               // cheap
};

// Those of a table in a directory of this machine.
std::unique_ptr<LogFiles> local_log_files(const std::string& table);

}  // namespace trainyard::delta
