#pragma once

#include "worker/models/ets/ets_recursion.hpp"
#include "worker/models/numeric/wide_vectors.hpp"

#include <algorithm>
#include <vector>

namespace trainyard::models {

// Gradient and Gauss–Newton matrix of Σ r², r = ε·g, from the derivatives ∂f of each forecast,
// which come one row per observation. Rows are padded to whole vectors; the padding stays 0.
class EtsNormalSums {
 public:
  static constexpr int vector = 4;
  static constexpr int rows = 4;  // that are summed at once

  TRAINYARD_INLINE static int padded(int size) { return (size + vector - 1) / vector * vector; }
  static std::size_t memory_needed(int size) {
    return static_cast<std::size_t>(padded(size)) * (2 + rows + size);
  }

  // `memory` holds zeros and outlives this.
  EtsNormalSums(int size, double* memory) : size_(size), width_(padded(size)), mean_log_(memory) {
    cross_ = mean_log_ + width_;
    row_ = cross_ + width_;
    matrix_ = row_ + rows * width_;
  }

  // ∂ε = slope·∂f, and ∂ log f = inverse·∂f: 1/f for multiplicative errors, else 0.
  struct Weights {
    double innovation;
    double slope;
    double inverse;
  };

  // Where the next ∂f is to be written, before add().
  TRAINYARD_INLINE double* row() { return row_ + filled_ * width_; }
  TRAINYARD_INLINE void add(const Weights& weights) {
    weights_[filled_] = weights;
    if (++filled_ == rows) flush();
  }

  // From the sums over ∂ε to those over ∂r; the matrix is the lower triangle by rows.
  TRAINYARD_INLINE void finish(double squares, double n, double g, EtsCurvature& result) {
    std::fill(row(), row_ + rows * width_, 0.0);
    flush();
    result.gradient.resize(size_);
    result.matrix.resize(static_cast<std::size_t>(size_) * size_);
    for (int i = 0; i < size_; ++i) {
      const double c_i = mean_log_[i] / n;
      result.gradient[i] = g * g * (cross_[i] + squares * c_i);
      for (int k = 0; k <= i; ++k) {
        const double c_k = mean_log_[k] / n;
        result.matrix[i * size_ + k] =
            g * g *
            (matrix_[i * width_ + k] + cross_[i] * c_k + c_i * cross_[k] + squares * c_i * c_k);
      }
    }
  }

 private:
  TRAINYARD_INLINE void flush() {
    const double* __restrict r0 = row_;
    const double* __restrict r1 = row_ + width_;
    const double* __restrict r2 = row_ + 2 * width_;
    const double* __restrict r3 = row_ + 3 * width_;
    double* __restrict cross = cross_;
    double* __restrict mean_log = mean_log_;
    double c[rows], l[rows], w[rows];
    for (int i = 0; i < rows; ++i) {
      c[i] = weights_[i].innovation * weights_[i].slope;
      l[i] = weights_[i].inverse;
      w[i] = weights_[i].slope * weights_[i].slope;
    }
    for (int k = 0; k < width_; ++k) {
      cross[k] += c[0] * r0[k] + c[1] * r1[k] + c[2] * r2[k] + c[3] * r3[k];
      mean_log[k] += l[0] * r0[k] + l[1] * r1[k] + l[2] * r2[k] + l[3] * r3[k];
    }
    for (int i = 0; i < size_; ++i) {
      double* __restrict out = matrix_ + i * width_;
      const double a0 = w[0] * r0[i], a1 = w[1] * r1[i], a2 = w[2] * r2[i], a3 = w[3] * r3[i];
      const int end = padded(i + 1);
      for (int k = 0; k < end; ++k)
        out[k] += a0 * r0[k] + a1 * r1[k] + a2 * r2[k] + a3 * r3[k];
    }
    filled_ = 0;
  }

  int size_;
  int width_;
  int filled_ = 0;
  Weights weights_[rows] = {};
  double* mean_log_;  // Σ ∂ log f
  double* cross_;     // Σ ε ∂ε
  double* row_;
  double* matrix_;  // Σ ∂ε ∂ε'
};

}  // namespace trainyard::models
