#pragma once

#include "worker/forecast/prepare.hpp"
#include "worker/models/model.hpp"

#include <string_view>

namespace trainyard::forecast {

// How much wider than a model's own its bands are made, so that bands of 95 percent hold 95 percent
// of what comes: first for the next period, first * step^growth for later ones. Models know the
// noise of their fit, not that they may be the wrong model, and the less history the less they
// know.
struct BandFactor {
  double first = 1.0;
  double growth = 0.0;
};

// By model, spacing and length of the history, learnt on the training parts of 1,150 competition
// series by loadtest/forecast/calibrate. Factors of 1 for other models and spacings.
BandFactor band_factor(std::string_view model, const domain::Frequency& frequency,
                       std::size_t length);

// Scales both sides of every band around the mean; the forecast's first step is `first_step` after
// the history.
void widen(models::Forecast& forecast, const BandFactor& factor, int first_step);

}  // namespace trainyard::forecast
