#pragma once

#include "common/base/line_level.hpp"
#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <cstdint>
#include <string>

namespace trainyard::domain {

// One line that a job wrote. `seq` is given by the worker: it holds the attempt in its upper bits
// and rises by one from line to line of an attempt, so that lines need no counter in the store, may
// be written twice, and belong to their attempt however late they come.
struct LogLine {
  JobId job_id;
  std::int64_t seq = 0;
  TimePoint at;
  LineLevel level = LineLevel::info;
  std::string text;
};

inline constexpr int log_seq_bits = 20;  // below the attempt

// That of the line before the attempt's first one.
constexpr std::int64_t log_seq_before(int attempt) {
  return std::int64_t{attempt} << log_seq_bits;
}

constexpr int attempt_of(const LogLine& line) {
  return static_cast<int>(line.seq >> log_seq_bits);
}

}  // namespace trainyard::domain
