#pragma once

#include "worker/models/ets/ets_form.hpp"
#include "worker/models/hyperparameters.hpp"

#include <optional>
#include <string>
#include <vector>

// Which forms are tried: the letters a user fixed, Z for those left open, and R's two switches.

namespace trainyard::models {

struct EtsPattern {
  std::string error = "Z";   // A, M or Z
  std::string trend = "Z";   // N, A, M or Z
  std::string season = "Z";  // N, A, M or Z
  std::optional<bool> damped;
  enum class OpenTrend { additive, any } open_trend = OpenTrend::additive;
  // R's `restrict`: leaves out an additive error with a multiplicative trend or season, and (M,M,A)
  // and (M,Md,A): the variance is infinite or the likelihood unstable.
  enum class Combinations { stable, all } combinations = Combinations::stable;

  bool matches(const EtsForm& form) const;
};

// Reads form ("MAdM", "ZZZ"), damped, allow_multiplicative_trend and restrict; what is wrong with
// them is in settings.result().
EtsPattern read_pattern(Hyperparameters& settings);

struct EtsScope {
  int season_length = 1;
  bool positive = false;  // all observations > 0
  bool seasonal = true;   // two full seasons are there to estimate one from
};

// The forms of the pattern that are defined on such a series.
std::vector<EtsForm> admissible_forms(const EtsScope& scope, const EtsPattern& pattern = {});

}  // namespace trainyard::models
