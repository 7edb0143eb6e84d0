#include "deploy/trainyard/terminal/warning_list.hpp"

#include <fmt/format.h>

namespace trainyard::terminal {

std::string render_warnings(const TrainingSummary& summary, std::size_t lines_max) {
  std::string text;
  std::size_t lines = 0;
  for (const auto& segment : summary.first_segments()) {
    for (const auto& warning : segment.warnings) {
      if (lines == lines_max) break;
      ++lines;
      text += segment.segment.empty() ? fmt::format("  {}\n", warning)
                                      : fmt::format("  {}: {}\n", segment.segment, warning);
    }
  }
  const auto more = summary.warnings() - lines;
  if (more > 0) text += fmt::format("  and {} more in warnings.csv\n", more);
  return text.empty() ? text : "\nAbout the data:\n" + text;
}

}  // namespace trainyard::terminal
