#include "worker/models/ets/ets_newton.hpp"

#include "worker/models/numeric/wide_vectors.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

double entry(const EtsCurvature& curvature, int size, int i, int k) {
  return i >= k ? curvature.matrix[i * size + k] : curvature.matrix[k * size + i];
}

}  // namespace

double EtsNewton::prepare(const EtsLayout& layout, std::span<const double> x,
                          const EtsCurvature& curvature) {
  free_.clear();
  for (int i = 0; i < layout.size(); ++i) {
    const double g = curvature.gradient[i];
    const bool pushed_out = i < layout.level() && ((x[i] <= layout.lower(i) && g > 0.0) ||
                                                   (x[i] >= layout.upper(i) && g < 0.0));
    if (!pushed_out) free_.push_back(i);
  }
  shift_.assign(layout.size(), 0.0);
  moving_ = free_;
  if (!solve(layout.size(), curvature, 1e-9)) return INFINITY;
  double fall = 0.0;
  for (std::size_t i = 0; i < moving_.size(); ++i)
    fall -= curvature.gradient[moving_[i]] * unknown_[i];
  return fall;
}

void EtsNewton::step(const EtsLayout& layout, std::span<const double> x,
                     const EtsCurvature& curvature, double lambda, std::vector<double>& next) {
  shift_.assign(layout.size(), 0.0);
  moving_ = free_;
  next.assign(x.begin(), x.end());
  for (bool cut = true; cut && !moving_.empty();) {
    if (!solve(layout.size(), curvature, lambda)) return;
    cut = false;
    for (std::size_t i = 0; i < moving_.size(); ++i) {
      const int k = moving_[i];
      shift_[k] = unknown_[i];
      next[k] = x[k] + unknown_[i];
      if (k >= layout.level()) continue;
      const double inside = std::clamp(next[k], layout.lower(k), layout.upper(k));
      if (inside == next[k]) continue;
      cut = true;
      next[k] = inside;
      shift_[k] = inside - x[k];
      moving_[i] = -1;
    }
    std::erase(moving_, -1);
  }
}

// Solves for unknown_, given the shifts of all parameters that do not move: Cholesky by columns,
// with the right-hand side as one more row. False when the matrix is not positive definite.
bool EtsNewton::solve(int size, const EtsCurvature& curvature, double lambda) {
  constexpr double pivot_min = 1e-14;
  const std::size_t n = moving_.size();
  factor_.resize((n + 1) * n);
  column_.resize(n + 1);
  unknown_.resize(n);
  for (const int k : moving_)
    shift_[k] = 0.0;
  double* right = factor_.data() + n * n;
  for (std::size_t i = 0; i < n; ++i) {
    const int at = moving_[i];
    for (std::size_t k = 0; k <= i; ++k)
      factor_[i * n + k] = entry(curvature, size, at, moving_[k]);
    right[i] = -curvature.gradient[at];
    if (n == free_.size()) continue;
    for (const int k : free_)
      right[i] -= entry(curvature, size, at, k) * shift_[k];
  }

  const bool definite = on_wide_vectors([&]() TRAINYARD_INLINE {
    for (std::size_t k = 0; k < n; ++k) {
      const double diagonal = entry(curvature, size, moving_[k], moving_[k]);
      const double pivot = factor_[k * n + k] + lambda * diagonal + 1e-300;
      if (!(pivot > pivot_min * diagonal)) return false;
      const double inverse = 1.0 / std::sqrt(pivot);
      factor_[k * n + k] = inverse;
      for (std::size_t i = k + 1; i <= n; ++i)
        column_[i] = factor_[i * n + k] *= inverse;
      for (std::size_t i = k + 1; i <= n; ++i) {
        double* __restrict row = factor_.data() + i * n;
        const double* __restrict column = column_.data();
        const double a = column[i];
        const std::size_t end = std::min(i + 1, n);
        for (std::size_t j = k + 1; j < end; ++j)
          row[j] -= a * column[j];
      }
      unknown_[k] = right[k];
    }
    return true;
  });
  if (!definite) return false;
  for (std::size_t k = n; k-- > 0;) {
    unknown_[k] *= factor_[k * n + k];
    for (std::size_t i = 0; i < k; ++i)
      unknown_[i] -= factor_[k * n + i] * unknown_[k];
  }
  return true;
}

}  // namespace trainyard::models
