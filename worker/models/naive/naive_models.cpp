#include "worker/models/naive/naive_models.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/naive/fitted_walk.hpp"
#include "worker/models/numeric/scaled_series.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

enum class Kind { naive, seasonal_naive, drift, naive2 };

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::naive:
      return "naive";
    case Kind::seasonal_naive:
      return "seasonal_naive";
    case Kind::drift:
      return "drift";
    case Kind::naive2:
      return "naive2";
  }
  return "";
}

// Finds the season of naive2 and takes it out of y. Ratios are of no use once an index is nearly 0.
void take_season_out(Walk& walk, std::vector<double>& y, int season, const std::stop_token& stop) {
  constexpr double index_min = 0.01;
  if (!is_seasonal(y, season, stop)) return;
  if (std::ranges::min(y) > 0.0) {
    walk.composition = Composition::multiplicative;
    walk.indices = seasonal_indices(y, season, walk.composition);
  }
  if (walk.indices.empty() || !(std::ranges::min(walk.indices) > index_min)) {
    walk.composition = Composition::additive;
    walk.indices = seasonal_indices(y, season, walk.composition);
  }
  for (std::size_t t = 0; t < y.size(); ++t) {
    const double index = walk.indices[t % walk.indices.size()];
    y[t] = walk.composition == Composition::multiplicative ? y[t] / index : y[t] - index;
  }
  // From here on they begin with the next period.
  std::ranges::rotate(walk.indices, walk.indices.begin() + static_cast<std::ptrdiff_t>(
                                                               y.size() % walk.indices.size()));
}

// Standard deviation of the errors y[t] − y[t − lag] − drift.
double walk_error(std::span<const double> y, std::size_t lag, const Walk& walk) {
  double sum = 0.0;
  for (std::size_t t = lag; t < y.size(); ++t) {
    const double e = y[t] - y[t - lag] - walk.drift;
    sum += e * e;
  }
  const double estimated = walk.drift_periods > 0.0 ? 1.0 : 0.0;
  return std::sqrt(sum / (static_cast<double>(y.size() - lag) - estimated));
}

class NaiveModel final : public Model {
 public:
  explicit NaiveModel(Kind kind) : kind_(kind) {}

  std::string_view name() const override { return name_of(kind_); }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    const std::size_t lag =
        kind_ == Kind::seasonal_naive ? std::max<std::size_t>(1, series.season_length) : 1;
    const std::size_t need = kind_ == Kind::drift ? 3 : lag + 1;
    TRY(auto data, scaled(series, {.model = name(), .observations = need}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    Walk walk{.model = name(), .scale = data.scale};
    std::vector<double> y = data.y;
    if (kind_ == Kind::naive2) take_season_out(walk, y, series.season_length, context.stop);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (kind_ == Kind::drift) {
      walk.drift_periods = static_cast<double>(y.size() - 1);
      walk.drift = (y.back() - y.front()) / walk.drift_periods;
    }
    walk.last.assign(y.end() - static_cast<std::ptrdiff_t>(lag), y.end());
    walk.error = walk_error(y, lag, walk);
    return make_fitted_walk(std::move(walk), std::move(data.y));
  }

 private:
  Kind kind_;
};

}  // namespace

std::unique_ptr<Model> make_naive() {
  return std::make_unique<NaiveModel>(Kind::naive);
}
std::unique_ptr<Model> make_seasonal_naive() {
  return std::make_unique<NaiveModel>(Kind::seasonal_naive);
}
std::unique_ptr<Model> make_drift() {
  return std::make_unique<NaiveModel>(Kind::drift);
}
std::unique_ptr<Model> make_naive2() {
  return std::make_unique<NaiveModel>(Kind::naive2);
}

Result<std::unique_ptr<FittedModel>> load_naive(const nlohmann::json& state) {
  return load_walk(name_of(Kind::naive), state);
}
Result<std::unique_ptr<FittedModel>> load_seasonal_naive(const nlohmann::json& state) {
  return load_walk(name_of(Kind::seasonal_naive), state);
}
Result<std::unique_ptr<FittedModel>> load_drift(const nlohmann::json& state) {
  return load_walk(name_of(Kind::drift), state);
}
Result<std::unique_ptr<FittedModel>> load_naive2(const nlohmann::json& state) {
  return load_walk(name_of(Kind::naive2), state);
}

}  // namespace trainyard::models
