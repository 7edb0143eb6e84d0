#pragma once

#include <functional>
#include <random>
#include <span>
#include <stop_token>
#include <vector>

// Draws from a distribution whose density is known up to a factor, without derivatives: Markov
// chains that step along differences between past states (ter Braak & Vrugt, Differential evolution
// Markov chain with snooker updater and fewer chains, Statistics and Computing 2008; of the
// coordinates, a step changes a random share). The steps take on the size and direction of the
// distribution by themselves.

namespace trainyard::models {

// The logarithm of the density at a point; -infinity where there is none.
using LogDensity = std::function<double(std::span<const double>)>;

struct ChainOptions {
  int chains = 4;
  int steps = 1000;  // of each chain; the first half is forgotten
  int draws = 200;   // kept of the second half, evenly, no more than its steps
};

// The chains begin around `start`, as far from it as `spread` says. Deterministic for a state of
// `random`. Fewer draws, or none, when stopped.
std::vector<std::vector<double>> draw(const LogDensity& density, std::span<const double> start,
                                      std::span<const double> spread, const ChainOptions& options,
                                      std::mt19937_64& random, const std::stop_token& stop);

}  // namespace trainyard::models
