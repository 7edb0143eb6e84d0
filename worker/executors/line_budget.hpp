#pragma once

#include "common/domain/log_line.hpp"

#include <deque>
#include <string>
#include <vector>

namespace trainyard::executors {

// How much of what one attempt writes is kept: the first lines, and the last ones, because what a
// job says before it fails matters most. In between a line tells how many were left out. Numbers
// the lines that it keeps. Pure.
class LineBudget {
 public:
  struct Bounds {
    std::size_t first_lines = 9'500;
    std::size_t first_bytes = 960U << 10;
    std::size_t last_lines = 499;  // held back until the end
    std::size_t last_bytes = 64U << 10;
  };

  LineBudget(JobId job, int attempt, Bounds bounds)
      : job_(job), seq_(domain::log_seq_before(attempt)), bounds_(bounds) {}
  LineBudget(JobId job, int attempt) : LineBudget(job, attempt, Bounds{}) {}

  // The line with its number, unless there were so many that it is held back.
  std::vector<domain::LogLine> add(TimePoint at, LineLevel level, std::string text);
  // What was held back, after the last add().
  std::vector<domain::LogLine> finish();

 private:
  void hold_back(domain::LogLine line);

  JobId job_;
  std::int64_t seq_;
  Bounds bounds_;
  std::size_t lines_ = 0;
  std::size_t bytes_ = 0;
  std::deque<domain::LogLine> last_;
  std::size_t last_bytes_ = 0;
  std::size_t left_out_ = 0;
  TimePoint left_out_at_{};
};

}  // namespace trainyard::executors
