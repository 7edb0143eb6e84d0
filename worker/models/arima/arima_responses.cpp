#include "worker/models/arima/arima_responses.hpp"

#include "worker/models/arima/arima_filters.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {

void run_backwards(std::span<double> x, const ArimaForm& form, const ArimaCoefficients& c) {
  std::ranges::reverse(x);
  invert_ma(x, form, c);
  std::ranges::reverse(x);
}

void arima_responses(const ArimaForm& form, const ArimaCoefficients& c, std::size_t size,
                     ArimaResponses& responses) {
  constexpr double nothing = 1e-18;
  auto& values = responses.values;
  values.assign(form.ma_degree() == 0 ? 1 : responses.periods, 0.0);
  values[0] = 1.0;
  invert_ma(values, form, c);
  while (values.size() > 1 && std::abs(values.back()) < nothing)
    values.pop_back();
  responses.first_row.assign(std::max(values.size(), size), 0.0);
  std::ranges::copy(values, responses.first_row.begin());
  run_backwards(responses.first_row, form, c);
  responses.first_row.resize(size);
}

void arima_gram(const ArimaResponses& responses, std::size_t size, std::span<double> gram) {
  for (std::size_t k = 0; k < size; ++k)
    gram[k] = gram[k * size] = responses.first_row[k];
  for (std::size_t i = 1; i < size; ++i) {
    const double last = responses.at(responses.periods - i);
    for (std::size_t k = 1; k < size; ++k)
      gram[i * size + k] =
          gram[(i - 1) * size + k - 1] - last * responses.at(responses.periods - k);
  }
}

ArimaGramGradient arima_gram_gradient(const ArimaResponses& responses, std::size_t size,
                                      std::span<double> weights) {
  // What is taken away at (i, k) is missing in all G down the diagonal.
  for (std::size_t i = size - 1; i-- > 0;)
    for (std::size_t k = size - 1; k-- > 0;)
      weights[i * size + k] += weights[(i + 1) * size + k + 1];
  ArimaGramGradient gradient{.first_row = {weights.begin(), weights.begin() + size},
                             .last_responses = std::vector<double>(size)};
  for (std::size_t k = 1; k < size; ++k)
    gradient.first_row[k] *= 2.0;
  for (std::size_t i = 1; i < size; ++i)
    for (std::size_t k = 1; k < size; ++k)
      gradient.last_responses[i] -=
          2.0 * weights[i * size + k] * responses.at(responses.periods - k);
  return gradient;
}

}  // namespace trainyard::models
