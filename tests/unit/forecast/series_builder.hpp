#pragma once

#include "worker/forecast/prepare.hpp"

#include <chrono>
#include <vector>

namespace trainyard::forecast {

inline TimePoint day(int year, int month, int day_of_month) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day_of_month);
}

// Rows on line 2 and on, as a CSV has them.
inline domain::SegmentRows rows_of(const std::vector<std::pair<TimePoint, double>>& values) {
  domain::SegmentRows rows{.segment = "s"};
  for (const auto& [time, value] : values) {
    const auto row = static_cast<std::int64_t>(rows.observations.size()) + 2;
    rows.observations.push_back({.time = time, .value = value, .row = row});
  }
  return rows;
}

inline domain::SegmentRows regular_rows(TimePoint start, domain::Frequency frequency,
                                        const std::vector<double>& values) {
  std::vector<std::pair<TimePoint, double>> pairs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    pairs.emplace_back(domain::advance(start, frequency, static_cast<std::int64_t>(i)), values[i]);
  }
  return rows_of(pairs);
}

}  // namespace trainyard::forecast
