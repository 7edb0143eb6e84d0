#pragma once

#include <chrono>
#include <string>

namespace trainyard::training {

// Where the fits of a job are kept for others: those of a batch for its siblings, those of a job of
// its own for its later attempts, which a job that is over soon does not need.
struct FitSharing {
  std::string folder = {};  // "fits/…" in the artefact store; empty: nowhere
  std::chrono::steady_clock::time_point from = {};  // what is made before is not kept
  bool finds_any = true;                            // whether anything can be there already
  double share_max = 1.0;  // of the time since `from` that may go into keeping fits
};

}  // namespace trainyard::training
