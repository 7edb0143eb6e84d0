#pragma once

#include "worker/models/ets/ets_parameters.hpp"

#include <span>
#include <stop_token>
#include <vector>

// One pass of the innovations recursion over a series, with or without derivatives.
//
// Maximising the likelihood means minimising n·log Σ ε² + 2 Σ log|f| (the last term for
// multiplicative errors, where ε = (y − f)/f). That is n·log of Σ r² with r = ε·g and g the
// geometric mean of f, so it is a problem of nonlinear least squares, and this returns its value,
// gradient and Gauss–Newton matrix. The derivatives run forward through the recursion beside the
// states.

namespace trainyard::models {

struct EtsCurvature {
  std::vector<double> gradient;  // half of ∂ Σ r² / ∂x
  std::vector<double> matrix;    // Σ ∂r/∂x ∂r/∂x', lower triangle by rows, size × size
};

class EtsRecursion {
 public:
  // Keeps a view: the series outlives it. Not to be shared between threads.
  EtsRecursion(std::span<const double> y, const EtsLayout& layout, std::stop_token stop);

  const EtsLayout& layout() const { return layout_; }
  std::span<const double> y() const { return y_; }

  // Σ r²; infinite where the form is not defined, or the pass was stopped.
  double evaluate(std::span<const double> x);
  double differentiate(std::span<const double> x, EtsCurvature& result);

 private:
  std::span<const double> y_;
  EtsLayout layout_;
  std::stop_token stop_;
  std::vector<double> season_;    // scratch: the season's states, by t mod m
  std::vector<double> tangents_;  // scratch of EtsTangents
};

}  // namespace trainyard::models
