#pragma once

#include "worker/models/ets/ets_newton.hpp"
#include "worker/models/ets/ets_recursion.hpp"

#include <span>
#include <stop_token>
#include <vector>

// Maximum likelihood of one form: Levenberg–Marquardt (Marquardt 1963) on the recursion's least
// squares, over smoothing parameters and initial states together, with the bounds as an active
// set. Can be advanced a few steps at a time, so that searches of many forms race. Finds local
// maxima; a further start is kept only if it ends higher.

namespace trainyard::models {

class EtsSearch {
 public:
  EtsSearch(std::span<const double> y, const EtsLayout& layout, std::stop_token stop);

  const EtsLayout& layout() const { return recursion_.layout(); }
  bool is_defined() const;  // some start was in the form's domain
  std::span<const double> x() const { return x_; }

  double value() const { return value_; }  // Σ r² of EtsRecursion at x()
  // −2 log L, up to the constant that R's forecast::ets leaves out; infinite when not defined.
  double deviance() const { return deviance_; }
  // By how much the deviance would fall if it were as its quadratic model at x() has it; 0 once the
  // search has ended.
  double promise() const { return promise_; }

  void set(std::vector<double> x);    // just this point; nothing is searched for
  void start(std::vector<double> x);  // a new search from this point
  // At most so many steps; ends when one lowers the deviance by less than the tolerance.
  void advance(int steps, double tolerance);
  void refine(int steps, double tolerance);  // goes on from where a search ended

 private:
  void set_value(double value);
  void look_around();

  EtsRecursion recursion_;
  EtsCurvature curvature_;
  EtsNewton newton_;
  std::vector<double> x_;
  std::vector<double> next_;
  double value_ = 0.0;
  double deviance_ = 0.0;
  double lambda_ = 0.0;
  double promise_ = 0.0;
};

}  // namespace trainyard::models
