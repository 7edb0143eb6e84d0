#pragma once

#include "worker/models/arima/arima_coefficients.hpp"

#include <span>
#include <vector>

// The responses π of the filter 1/θΘ, and G = Π'Π of their shifts: G(i,k) = Σ_t π_{t−i} π_{t−k}
// over the n periods of a series. G(i+1,k+1) = G(i,k) − π_{n−1−i} π_{n−1−k}, so that its first row
// and the last responses say it all.

namespace trainyard::models {

struct ArimaResponses {
  std::size_t periods = 1;        // n
  std::vector<double> values;     // π up to where it vanishes: a single 1 without an MA part
  std::vector<double> first_row;  // of G

  double at(std::size_t t) const { return t < values.size() ? values[t] : 0.0; }
};

// For G of `size` rows, 1 to n.
void arima_responses(const ArimaForm& form, const ArimaCoefficients& c, std::size_t size,
                     ArimaResponses& responses);

// Π'x of the first `size` rows, in place: the filter run backwards. Only the values up to `size`
// and the length of the responses are needed, and the rest may be left out.
void run_backwards(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c);

void arima_gram(const ArimaResponses& responses, std::size_t size, std::span<double> gram);

// The gradient of Σ weights·G by the first row, and by the responses from the last one down.
struct ArimaGramGradient {
  std::vector<double> first_row;
  std::vector<double> last_responses;  // by π_{n−i}, i ≥ 1; [0] is no response
};

// `weights` is symmetric, and used up.
ArimaGramGradient arima_gram_gradient(const ArimaResponses& responses, std::size_t size,
                                      std::span<double> weights);

}  // namespace trainyard::models
