#pragma once

#include <span>
#include <stop_token>
#include <vector>

// Classical seasonality, as the M-competition code defines it.

namespace trainyard::models {

// Whether the autocorrelation at lag `season` exceeds its 90 % limit 1.645·√((1 + 2 Σ r_k²)/n), k
// below the season (Makridakis, Spiliotis & Assimakopoulos, The M4 Competition, 2020). False for
// fewer than three seasons and for constant series. O(n·season); false when stopped early.
bool is_seasonal(std::span<const double> y, int season, const std::stop_token& stop = {});

enum class Composition { additive, multiplicative };

// Indices of y[0], y[1], …, y[season − 1]: mean deviation from (ratio to) the centred moving
// average, normalised to sum 0 (mean 1). Needs two seasons, and positive values for ratios.
std::vector<double> seasonal_indices(std::span<const double> y, int season,
                                     Composition composition);

// The same, drawn towards no season by the James-Stein estimator as far as they differ by chance
// (Miller & Williams, Shrinkage estimators of time series seasonal factors and their effect on
// forecasting accuracy, 2003). Empty when four fifths or more would be taken off, and for fewer
// than three seasons.
std::vector<double> shrunken_indices(std::span<const double> y, int season,
                                     Composition composition);

}  // namespace trainyard::models
