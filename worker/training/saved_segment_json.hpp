#pragma once

#include "worker/forecast/saved_segment.hpp"

#include <string>
#include <string_view>

namespace trainyard::training {

// Raised when the meaning of the format changes; older numbers stay readable.
inline constexpr int saved_segment_format = 1;

// A segment's best model as one JSON document:
//   {"trainyard_segment": 1, segment, model, description, combination, covariates, levels,
//    frequency, step, anchor, next_step, start, observations, band: {first, growth},
//    conformal: [{level, half_widths}],
//    members: [{model, weight, band, fit: {"trainyard_model": 1, …}}]}
std::string to_text(const forecast::SavedSegment& saved);

// invalid_argument for text that is none, or of a format this version does not know, naming the
// key.
Result<forecast::SavedSegment> saved_segment_from(std::string_view text);

}  // namespace trainyard::training
