#include "worker/models/intermittent/intermittent_models.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/intermittent/fitted_demand.hpp"
#include "worker/models/numeric/scaled_series.hpp"

namespace trainyard::models {
namespace {

// What the parameters smooth.
struct DemandSeries {
  std::vector<double> sizes;
  std::vector<double> intervals;
  std::vector<double> indicators;
};

DemandSeries apart(std::span<const double> y) {
  DemandSeries series;
  double since = 0.0;
  for (const double value : y) {
    since += 1.0;
    series.indicators.push_back(value != 0.0 ? 1.0 : 0.0);
    if (value == 0.0) continue;
    series.sizes.push_back(value);
    series.intervals.push_back(since);
    since = 0.0;
  }
  return series;
}

// Mean squared error of one step.
double smoothing_variance(std::span<const double> values, double weight) {
  if (values.size() < 2) return 0.0;
  double level = values.front();
  double squares = 0.0;
  for (const double value : values.subspan(1)) {
    const double error = value - level;
    squares += error * error;
    level += weight * error;
  }
  return squares / static_cast<double>(values.size() - 1);
}

class IntermittentModel final : public Model {
 public:
  explicit IntermittentModel(DemandKind kind) : kind_(kind) {}

  std::string_view name() const override {
    return demand_model_names[static_cast<std::size_t>(kind_)];
  }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    constexpr double open = -1.0;
    constexpr Bounds weights{0.01, 1.0};
    Hyperparameters settings(name(), context.hyperparameters);
    DemandCore core{.parameters = {.kind = kind_,
                                   .alpha = settings.number("alpha", open, weights),
                                   .beta = settings.number("beta", open, weights)}};
    TRY_DO(settings.result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 2}));
    TRY_DO(check_demand(series.y, name()));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    const auto parts = apart(data.y);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    auto& [kind, alpha, beta] = core.parameters;
    if (alpha == open) alpha = best_smoothing(parts.sizes, context.stop);
    const auto& frequency = kind == DemandKind::tsb ? parts.indicators : parts.intervals;
    if (beta == open) beta = best_smoothing(frequency, context.stop);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    for (const double value : data.y)
      observe(core.parameters, core.now, value);
    core.variance = smoothing_variance(parts.sizes, alpha);
    core.scale = data.scale;
    return std::make_unique<FittedDemand>(core, std::move(data.y));
  }

 private:
  DemandKind kind_;
};

}  // namespace

std::unique_ptr<Model> make_croston() {
  return std::make_unique<IntermittentModel>(DemandKind::croston);
}
std::unique_ptr<Model> make_sba() {
  return std::make_unique<IntermittentModel>(DemandKind::sba);
}
std::unique_ptr<Model> make_tsb() {
  return std::make_unique<IntermittentModel>(DemandKind::tsb);
}

Result<std::unique_ptr<FittedModel>> load_croston(const nlohmann::json& state) {
  return FittedDemand::load(DemandKind::croston, state);
}
Result<std::unique_ptr<FittedModel>> load_sba(const nlohmann::json& state) {
  return FittedDemand::load(DemandKind::sba, state);
}
Result<std::unique_ptr<FittedModel>> load_tsb(const nlohmann::json& state) {
  return FittedDemand::load(DemandKind::tsb, state);
}

}  // namespace trainyard::models
