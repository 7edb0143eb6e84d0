#pragma once

#include "common/domain/frequency.hpp"

#include <optional>
#include <span>

namespace trainyard::forecast {

struct MixedFrequency {
  domain::Frequency before;
  domain::Frequency after;
  TimePoint change;  // the last date of the one and the first of the other
};

// Whether the dates keep one spacing without a gap and then another one to the end, each for five
// dates at least: a file put together from two exports. `times` ascend and differ.
std::optional<MixedFrequency> mixed_frequency(std::span<const TimePoint> times);

}  // namespace trainyard::forecast
