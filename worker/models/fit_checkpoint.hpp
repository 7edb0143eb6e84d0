#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trainyard::models {

// Where a long fit leaves what it has so far, and finds what an earlier try of the same fit left.
// A fit of several trainings keeps each as a part of its own. What comes back may be old, another
// version's or damaged: the model checks it and begins anew if it is. Forgetting is always allowed.
// Used by the one thread that fits.
class FitCheckpoint {
 public:
  virtual ~FitCheckpoint() = default;
  virtual std::optional<std::string> latest(std::string_view part) = 0;
  // Whether it is time for the next one; cheap enough to ask after each round.
  virtual bool is_due() = 0;
  virtual void keep(std::string_view part, std::string_view snapshot) = 0;
  // The fit is made: nothing of it is needed any more.
  virtual void forget() = 0;
  // "goes on at round 300 of 900", for whoever follows the fit.
  virtual void tell(std::string_view what) = 0;
};

// One training of a fit; nowhere to keep it without a store.
struct CheckpointPart {
  FitCheckpoint* store = nullptr;
  std::string_view name = {};
};

}  // namespace trainyard::models
