#pragma once

#include "worker/models/prophet/prophet_posterior.hpp"

namespace trainyard::models {

// The parameters of the greatest posterior density that is uphill from the line (or logistic
// curve) through the first and the last observation, Prophet's own start. Proximal
// Levenberg–Marquardt: each step minimises the quadratic of the linearised mean together with the
// Laplace prior, exactly, so changepoints without effect are exactly zero; between steps σ is the
// best for the squares. Without factors and logistic growth a linearisation is the truth, and is
// made once. σ stays above 1e-5 of the data's scale, because the density has no bound where the
// model can interpolate. Nullopt when stopped.
std::optional<ProphetParameters> maximise_posterior(const ProphetProblem& problem,
                                                    const std::stop_token& stop);

double log_posterior(const ProphetProblem& problem, const ProphetParameters& parameters);

}  // namespace trainyard::models
