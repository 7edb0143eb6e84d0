#pragma once

#include "deploy/trainyard/terminal/training_summary.hpp"

#include <string>

namespace trainyard::terminal {

// What was found in the data, a line per finding, the first `lines_max` of them and how many more
// there are. Empty when there is nothing to say.
std::string render_warnings(const TrainingSummary& summary, std::size_t lines_max = 10);

}  // namespace trainyard::terminal
