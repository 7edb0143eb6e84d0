#pragma once

#include "deploy/trainyard/terminal/training_summary.hpp"

#include <string>

namespace trainyard::terminal {

// The first segments down, models across, the chosen metric in each cell and the best of a row
// marked with
// `*`; below it one line per model: means over the segments and how often it was the best.
// Segment names longer than `name_width` are shortened in the middle.
std::string render_leaderboard(const TrainingSummary& summary, std::size_t name_width = 44);

}  // namespace trainyard::terminal
