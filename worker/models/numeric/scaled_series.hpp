#pragma once

#include "common/base/error.hpp"
#include "worker/models/model.hpp"

#include <span>
#include <string_view>
#include <vector>

// A series divided by its largest absolute value, so that every model computes with numbers of
// order one: sums of squares neither overflow at 1e300 nor vanish at 1e-300.

namespace trainyard::models {

struct ScaledSeries {
  std::vector<double> y;  // each in [-1, 1]
  double scale = 1.0;     // original = y * scale; 1 for a series of zeros
};

struct LengthNeed {
  std::string_view model;        // name for the message
  std::size_t observations = 1;  // fewest the model can work with
};

// Errc::invalid_argument when the series is shorter than the need (the message names both
// numbers), holds a value that is not finite, or a covariate is not as long as the series.
Result<ScaledSeries> scaled(const Series& series, const LengthNeed& need);

// Divides further, by the mean absolute value, unless that is 0 or leads to a scale too small for
// all of a double's digits.
void scale_to_mean_size(ScaledSeries& series);

// Later observations in the units of an earlier series. Errc::invalid_argument when one is not
// finite, or past a million times the largest that the scale was made for.
Result<std::vector<double>> scaled_next(const Series& next, double scale);

bool is_constant(std::span<const double> y);

}  // namespace trainyard::models
