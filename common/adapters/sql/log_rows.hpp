#pragma once

#include "common/ports/job_log.hpp"

#include <algorithm>
#include <limits>
#include <string>

// How a row of job_log becomes a line, for both stores (see rows.hpp).

namespace trainyard::sql {

inline const std::string log_columns = "seq, at, level, line";

template <class Row>
domain::LogLine read_log_line(JobId job, Row& row) {
  domain::LogLine line{.job_id = job};
  line.seq = row.integer();
  line.at = row.time();
  line.level = line_level_from(row.text()).value_or(LineLevel::output);
  line.text = row.text();
  return line;
}

// The seqs of a query: after the first, up to and with the second.
struct LogRange {
  std::int64_t after;
  std::int64_t last;
};

inline LogRange range_of(const ports::LogQuery& query) {
  if (!query.attempt) return {query.after, std::numeric_limits<std::int64_t>::max()};
  return {std::max(query.after, domain::log_seq_before(*query.attempt)),
          domain::log_seq_before(*query.attempt + 1)};
}

// One more than the limit was asked for, which tells whether there is more.
inline void end_page(ports::LogPage& page, int limit) {
  page.has_more = page.lines.size() > static_cast<std::size_t>(limit);
  if (page.has_more) page.lines.pop_back();
}

}  // namespace trainyard::sql
