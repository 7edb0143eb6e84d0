#include "worker/models/prophet/l1_quadratic.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace trainyard::models {
namespace {

// A random problem: H = MᵀM + ridge, with columns of M that are nearly the same, as those of
// neighbouring changepoints are.
struct RandomProblem {
  std::size_t size;
  std::vector<double> hessian;
  std::vector<double> linear;

  RandomProblem(std::size_t p, std::uint64_t seed) : size(p), hessian(p * p), linear(p) {
    std::mt19937_64 random(seed);
    const auto draw = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-52 - 1.0; };
    constexpr std::size_t rows = 30;
    std::vector<double> m(rows * p);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < p; ++j)
        m[i * p + j] = draw() * 0.1 + (j > 0 ? m[i * p + j - 1] : draw());
    for (std::size_t a = 0; a < p; ++a) {
      linear[a] = 10.0 * draw();
      for (std::size_t b = 0; b < p; ++b) {
        for (std::size_t i = 0; i < rows; ++i)
          hessian[a * p + b] += m[i * p + a] * m[i * p + b];
        if (a == b) hessian[a * p + b] += 1e-3;
      }
    }
  }

  double gradient(const std::vector<double>& x, std::size_t j) const {
    double sum = -linear[j];
    for (std::size_t i = 0; i < size; ++i)
      sum += hessian[j * size + i] * x[i];
    return sum;
  }
};

// The gradient of the smooth part is zero at free coordinates, ∓λ at positive and negative ones,
// and no larger than λ at zeros: for a convex function that is the minimum.
TEST(L1Quadratic, IsAtTheMinimumFromAnyStart) {
  std::size_t zeros = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::size_t free = seed % 5;
    const RandomProblem problem(4 + seed % 21, seed);
    constexpr double penalty = 3.0;
    std::vector<double> start(problem.size, seed % 2 == 0 ? 0.0 : -0.5);
    const auto x = minimise(
        {.hessian = problem.hessian, .linear = problem.linear, .free = free, .penalty = penalty},
        start);
    ASSERT_TRUE(x);
    for (std::size_t j = 0; j < problem.size; ++j) {
      const double gradient = problem.gradient(*x, j);
      if (j < free) {
        EXPECT_NEAR(gradient, 0.0, 1e-6);
      } else if ((*x)[j] == 0.0) {
        ++zeros;
        EXPECT_LE(std::abs(gradient), penalty * (1.0 + 1e-6));
      } else {
        EXPECT_NEAR(gradient, -std::copysign(penalty, (*x)[j]), 1e-6);
      }
    }
  }
  EXPECT_GT(zeros, 100u);
}

TEST(L1Quadratic, SolvesProblemsWithoutPenalty) {
  const std::vector<double> hessian{2.0, 1.0, 1.0, 2.0};
  const std::vector<double> linear{4.0, 5.0};
  const auto x = minimise({.hessian = hessian, .linear = linear, .free = 2}, linear);
  EXPECT_NEAR(x->at(0), 1.0, 1e-12);
  EXPECT_NEAR(x->at(1), 2.0, 1e-12);
}

TEST(L1Quadratic, RefusesAHessianThatIsNotPositiveDefinite) {
  const std::vector<double> hessian{1.0, 2.0, 2.0, 1.0};
  const std::vector<double> linear{1.0, 1.0};
  EXPECT_FALSE(minimise({.hessian = hessian, .linear = linear, .free = 2}, linear));
}

}  // namespace
}  // namespace trainyard::models
