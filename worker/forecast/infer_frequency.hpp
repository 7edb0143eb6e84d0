#pragma once

#include "common/domain/frequency.hpp"

#include <optional>
#include <span>

namespace trainyard::forecast {

// The coarsest calendar frequency on whose grid all the times lie: months before weeks before days,
// business days where no date falls on a weekend. nullopt when fewer than two times are given or
// when the grid would be mostly empty (more than three of four periods missing), which is what one
// odd date does to it. `times` ascend and differ.
std::optional<domain::Frequency> infer_frequency(std::span<const TimePoint> times);

// The time to count periods from so that calendar arithmetic keeps the series' own anchor: a series
// on the 28th is told from one on month ends by its other months.
TimePoint anchor_of(std::span<const TimePoint> times);

}  // namespace trainyard::forecast
