#pragma once

#include "common/base/error.hpp"
#include "common/domain/log_line.hpp"

#include <optional>
#include <span>
#include <vector>

// The lines that jobs write. Lives in the same database as the jobs and goes with them
// (JobStore::remove); errors as in JobStore. Contract suite: tests/contract/job_log.

namespace trainyard::ports {

struct LogQuery {
  std::int64_t after = 0;      // the seq of the last line that is known
  std::optional<int> attempt;  // of this one alone
  int limit = 1'000;
};

struct LogPage {
  std::vector<domain::LogLine> lines;  // by seq
  bool has_more = false;
};

class JobLog {
 public:
  virtual ~JobLog() = default;

  // Lines of any jobs, in one transaction that is not synced. One that is there already stays as it
  // is, and one of a job that is not there is dropped: repeating is safe. Text that no database
  // keeps is made storable.
  virtual Result<void> append(std::span<const domain::LogLine> lines) = 0;
  virtual Result<LogPage> read(JobId job, const LogQuery& query) = 0;
};

}  // namespace trainyard::ports
