#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/domain/frequency.hpp"

#include <string>
#include <vector>

// Reads the two plain CSV files that loadtest/forecast/datasets.py writes. Ids may hold anything
// but a comma or a line break; columns are found by their names.

namespace trainyard::loadtest {

struct MeasuredSeries {
  std::string id;
  std::string frequency_name;  // as in the file, for tables
  domain::Frequency frequency;
  int season_length = 1;  // the frequency's own, as in a job
  std::vector<int> long_seasons = {};
  int horizon = 1;
  TimePoint start;
  std::vector<double> y;
};

// `meta`: unique_id,frequency,horizon,start, one row per series; `values`: unique_id,ds,y,
// ascending. Keeps the order of `meta`. invalid_argument names the file and the line.
Result<std::vector<MeasuredSeries>> read_series(const std::string& meta, const std::string& values);

}  // namespace trainyard::loadtest
