#pragma once

#include "worker/models/prophet/prophet_features.hpp"
#include "worker/models/prophet/prophet_trend.hpp"

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

// What a Prophet model is fitted to: y ~ N(g(t)·(1 + X_m β) + X_a β, σ²) with the columns of X that
// act on the trend as a factor in X_m and the others in X_a. Scaled: y about one, t from 0 to 1.
// A view of data that outlives it.
struct ProphetProblem {
  std::span<const double> t;  // ascending
  std::span<const double> y;
  const ProphetTrend& trend;
  const FeatureMatrix& features;
  std::span<const Effect> effects;       // one per column of the features
  std::span<const double> prior_scales;  // s_j, likewise
  double changepoint_prior_scale = 0.05;
};

// Its posterior as a function of one vector θ = (k, m, β, δ) and σ, with the priors k, m ~ N(0,
// 5²), β_j ~ N(0, s_j²), δ_j ~ Laplace(0, τ) and σ ~ half-normal(0.5), each without its constant.
class ProphetPosterior {
 public:
  explicit ProphetPosterior(const ProphetProblem& problem);

  std::size_t size() const { return precisions_.size(); }
  // Coordinates before this one are k, m and β, whose priors are normal.
  std::size_t first_delta() const { return size() - problem_.trend.changepoints.size(); }
  // Of the normal priors: 1/25, 1/25, 1/s_j², 0 …
  std::span<const double> precisions() const { return precisions_; }
  double laplace_rate() const { return 1.0 / problem_.changepoint_prior_scale; }  // 1/τ
  // Whether the mean of y is linear in θ, so that a linearisation holds everywhere.
  bool is_linear() const;

  // Σ (y − mean)², or nullopt when stopped.
  std::optional<double> squares(std::span<const double> theta, const std::stop_token& stop) const;
  // −log posterior, given squares(theta).
  double objective(std::span<const double> theta, double sigma, double squares) const;

  // Gauss and Newton's view from θ: Σ (y − mean)² ≈ xᵀGx − 2 xᵀr + constant.
  struct Linearisation {
    std::vector<double> gram;   // G = JᵀJ, p × p, lower triangle by columns
    std::vector<double> right;  // r = Jᵀ(y − mean + Jθ)
  };
  // Nullopt when stopped.
  std::optional<Linearisation> linearise(std::span<const double> theta,
                                         const std::stop_token& stop) const;

 private:
  struct Block;
  void evaluate(std::size_t first, std::size_t count, std::span<const double> theta,
                Block& block) const;
  void fill_jacobian(std::size_t first, std::span<const double> theta, Block& block) const;

  ProphetProblem problem_;
  std::vector<double> precisions_;
  bool has_factors_ = false;
};

std::vector<double> to_vector(const ProphetParameters& parameters);  // θ, without σ
ProphetParameters to_parameters(std::span<const double> theta, double sigma, std::size_t features);

}  // namespace trainyard::models
