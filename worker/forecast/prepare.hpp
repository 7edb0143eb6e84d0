#pragma once

#include "common/domain/frequency.hpp"
#include "common/domain/table.hpp"
#include "worker/forecast/data_findings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::forecast {

// What was found in and done to one segment's rows; part of the results, so that nobody trusts a
// forecast more than its data.
struct DataQuality {
  std::int64_t rows = 0;
  std::int64_t periods = 0;        // from the first to the last value
  std::int64_t interpolated = 0;   // periods without a value, filled in for the models
  std::int64_t leading_gaps = 0;   // periods without a value before the first, left out
  std::int64_t trailing_gaps = 0;  // after the last; those with covariates are the future
  bool was_unsorted = false;
  bool is_constant = false;
  bool is_zero = false;
  DataFindings findings = {};
  std::vector<std::string> warnings = {};
};

// One segment, ready for the models: regular, finite, ascending.
struct PreparedSeries {
  std::string segment;
  std::vector<double> y;
  TimePoint start;              // of y[0]
  domain::Frequency frequency;  // what the models are told
  int season_length = 1;
  std::vector<std::vector<double>> covariates = {};  // y.size() values each; more are the future's
  std::vector<std::size_t> filled = {};              // positions in y that had no value, ascending
  DataQuality quality;

  // y[i] is of the date anchor + (first_step + i) steps. `step` is the observed one and differs
  // from `frequency` only when the dates did not fit it. Dates off that grid are in `own_dates`,
  // which is empty when there are none, and may go on after the last value.
  std::vector<TimePoint> own_dates = {};
  TimePoint anchor;
  domain::Frequency step;
  std::int64_t first_step = 0;

  // Of the periods from y[first] on, which may lie after the last value.
  std::vector<TimePoint> dates(std::size_t first, std::size_t count) const;
  // The dates after the last value.
  std::vector<TimePoint> future(int horizon) const;
};

// Sorts, checks, and fills gaps by straight lines. `asked` is the stated frequency: dates that do
// not fit it are taken as consecutive periods, with a warning. Errors, category data, each naming
// the row: an unreadable or infinite cell, a date twice (both rows), fewer than two values, dates
// that follow no frequency.
Result<PreparedSeries> prepare(const domain::SegmentRows& rows,
                               std::optional<domain::Frequency> asked);

}  // namespace trainyard::forecast
