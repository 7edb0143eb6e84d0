#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::terminal {

struct ModelProgress {
  std::string model;
  int done = 0;    // jobs in a terminal state
  int failed = 0;  // of those
  int total = 0;
};

struct BatchProgress {
  std::vector<ModelProgress> models;
  int percent = 0;  // measured over all jobs
  std::optional<std::chrono::seconds> remaining;
};

// One line per model and one in all, each ended by a newline.
std::string render_progress(const BatchProgress& progress);

// Moves the cursor up over what render_progress() printed last and clears it.
std::string erase_progress(const BatchProgress& progress);

// For output that is not a terminal: one line.
std::string render_progress_line(const BatchProgress& progress);

}  // namespace trainyard::terminal
