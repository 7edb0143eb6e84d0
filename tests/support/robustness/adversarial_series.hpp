#pragma once

#include "tests/support/robustness/forecast_trial.hpp"
#include "tests/support/robustness/model_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

// Series that nobody would forecast and somebody will: steps, spikes, constants, numbers at both
// ends of what a double holds, next to no observations, seasons longer than the series.

namespace trainyard::robustness {

struct AdversarialSeries {
  std::string name;        // "spikes #17"
  ModelTrial model;        // of no model yet
  ForecastTrial forecast;  // the same as rows of a file, with holes and blemishes
};

// The same for the same index, everywhere; neighbours are of different kinds.
AdversarialSeries adversarial_series(std::uint64_t index);

// Uniform draws that are the same on every platform, which those of <random> need not be.
class Draws {
 public:
  explicit Draws(std::uint64_t seed);

  double between(double low, double high);
  int integer(int low, int high);  // both included
  bool one_in(int times) { return integer(1, times) == 1; }
  double noise();  // about normal, of variance 1

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

}  // namespace trainyard::robustness
