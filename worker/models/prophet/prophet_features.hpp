#pragma once

#include "common/base/time.hpp"
#include "worker/models/model.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

// The regressors of a Prophet model: for each time, the sines and cosines of its seasonalities, an
// indicator per holiday and day of its window, and the covariates.

namespace trainyard::models {

// sin and cos of 2π·j·(days since 1970)/period, j = 1 … order, in that order.
struct FourierColumns {
  double period = 1.0;  // days
  int order = 1;
};

// A column per holiday and day of its window: the days on which it is 1, ascending.
struct HolidayColumns {
  std::vector<std::vector<std::chrono::sys_days>> days;
};

// (covariate − mean)/unit.
struct CovariateColumn {
  std::size_t covariate = 0;
  double mean = 0.0;
  double unit = 1.0;
};

// Columns that belong together: one seasonality, all holidays, or one covariate.
struct FeatureGroup {
  std::string name;
  Effect effect = Effect::additive;
  std::variant<FourierColumns, HolidayColumns, CovariateColumn> kind;

  std::size_t columns() const;
};

std::size_t count_columns(std::span<const FeatureGroup> groups);

// The groups' columns one after another.
class FeatureMatrix {
 public:
  FeatureMatrix() = default;
  FeatureMatrix(std::size_t rows, std::size_t columns);

  double* column(std::size_t j) { return values_.get() + rows_ * j; }
  const double* column(std::size_t j) const { return values_.get() + rows_ * j; }

 private:
  std::size_t rows_ = 0;
  // Without initial values, which would take longer than a stop request may wait.
  std::unique_ptr<double[]> values_;
};

// A row per time; covariates have a value per time. When stopped, it is of no use.
FeatureMatrix make_features(std::span<const FeatureGroup> groups, std::span<const TimePoint> times,
                            std::span<const std::span<const double>> covariates,
                            const std::stop_token& stop = {});

}  // namespace trainyard::models
