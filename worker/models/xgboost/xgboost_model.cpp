#include "worker/models/xgboost/xgboost_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/xgboost/booster.hpp"
#include "worker/models/xgboost/change_features.hpp"
#include "worker/models/xgboost/conformal.hpp"
#include "worker/models/xgboost/fitted_xgboost.hpp"

#include <algorithm>
#include <iterator>

namespace trainyard::models {
namespace {

constexpr std::size_t observations_min = 10;
constexpr std::size_t held_out_max = 60;
constexpr std::size_t steps_max = 24;  // whose errors are measured for the bands
// Rows × columns of one training. The library sorts them into bins in one call that cannot be
// stopped, at about 0.1 µs each: this many take 30 ms.
constexpr std::size_t cells_max = 300'000;

// The end of the series, as much of it as one training takes.
Series training_window(const Series& series) {
  const auto rows = std::max(observations_min, cells_max / plan_features(series).columns());
  if (series.y.size() <= rows) return series;
  const auto left_out = series.y.size() - rows;
  Series window = series;
  window.y = series.y.subspan(left_out);
  window.start =
      domain::advance(series.start, series.frequency, static_cast<std::int64_t>(left_out));
  for (auto& covariate : window.covariates)
    covariate = covariate.subspan(left_out);
  return window;
}

// A series made ready for training.
struct Prepared {
  FeaturePlan plan;
  ChangeScale scale;
  std::vector<double> levels;
  std::vector<std::span<const double>> covariates;
  BoosterOptions options;
  std::size_t left_out = 0;  // periods before these
  double unit = 1.0;         // of the scaled series, in that of the data
};

// Trains on the first `length` periods.
Result<Booster> train(const Prepared& data, std::size_t length, const std::stop_token& stop) {
  constexpr std::size_t stop_mask = 0xfff;
  const ChangeHistory history(data.plan, data.scale, std::span(data.levels).first(length));
  std::vector<float> features;
  std::vector<float> targets;
  features.reserve(length * data.plan.columns());
  for (std::size_t t = 1; t < length; ++t) {
    if ((t & stop_mask) == 0 && stop.stop_requested())
      return fail(Errc::cancelled, "stopped on request");
    history.append_row(t, covariates_at(data.covariates, t), features);
    targets.push_back(static_cast<float>(history.change(t)));
  }
  return Booster::train({.features = features, .targets = targets}, data.options, stop);
}

// Errors of forecasts from each origin in the held-out end, all origins one step at a time.
Result<ConformalBands> measure_errors(const Prepared& data, const std::stop_token& stop) {
  const std::size_t n = data.levels.size();
  const std::size_t held_out = std::clamp<std::size_t>(n / 4, 2, held_out_max);
  const std::size_t steps = std::min(steps_max, (held_out + 1) / 2);
  const std::size_t first = n - held_out;
  TRY(const Booster booster, train(data, first, stop));

  std::vector<ChangeHistory> origins;
  for (std::size_t origin = first; origin < n; ++origin)
    origins.push_back(
        ChangeHistory::recent(data.plan, data.scale, std::span(data.levels).first(origin)));
  std::vector<std::vector<double>> errors(held_out);
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<float> features;
    const std::size_t alive = held_out - step;
    for (std::size_t o = 0; o < alive; ++o)
      origins[o].append_row(origins[o].size(), covariates_at(data.covariates, first + o + step),
                            features);
    TRY(const auto changes, booster.predict(features, data.plan.columns()));
    for (std::size_t o = 0; o < alive; ++o) {
      origins[o].append_change(changes[o]);
      errors[o].push_back(data.levels[first + o + step] - origins[o].level());
    }
  }
  return ConformalBands(errors);
}

std::unique_ptr<FittedModel> fitted(const Prepared& data, Booster booster, ConformalBands bands) {
  XgboostPast past{.history = ChangeHistory(data.plan, data.scale, data.levels)};
  for (std::size_t t = 0; t < data.levels.size(); ++t)
    std::ranges::copy(covariates_at(data.covariates, t), std::back_inserter(past.covariates));
  return std::make_unique<FittedXgboost>(
      XgboostCore{.change_scale = data.scale,
                  .history = ChangeHistory::recent(data.plan, data.scale, data.levels),
                  .booster = std::make_shared<const Booster>(std::move(booster)),
                  .bands = std::move(bands),
                  .scale = data.unit,
                  .learned = data.levels.size(),
                  .left_out = data.left_out},
      std::move(past));
}

Result<BoosterOptions> read_options(const FitContext& context) {
  Hyperparameters settings("xgboost", context.hyperparameters);
  const BoosterOptions options{
      .rounds = settings.integer("rounds", 80, {1, 10'000}),
      .depth_max = settings.integer("max_depth", 3, {1, 16}),
      .learning_rate = settings.number("learning_rate", 0.08, {1e-4, 1.0}),
      .leaf_weight_min = settings.number("min_child_weight", 5, {0.0, 1e6}),
      .row_share = settings.number("subsample", 1.0, {0.05, 1.0}),
      .seed = static_cast<unsigned>(context.seed & 0x7fffffff)};
  TRY_DO(settings.result());
  return options;
}

class Xgboost final : public Model {
 public:
  std::string_view name() const override { return "xgboost"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY(const auto options, read_options(context));
    TRY(const auto scaled_series,
        scaled(series, {.model = name(), .observations = observations_min}));
    const auto window = training_window(series);
    const auto learned = std::span(scaled_series.y).last(window.y.size());
    Prepared data{.plan = plan_features(window),
                  .scale = change_scale(learned),
                  .covariates = window.covariates,
                  .left_out = series.y.size() - window.y.size(),
                  .unit = scaled_series.scale};
    for (const double v : learned)
      data.levels.push_back(data.scale.to_level(v));
    data.options = options;
    data.options.base = data.scale.drift;
    TRY(auto bands, measure_errors(data, context.stop));
    TRY(auto booster, train(data, data.levels.size(), context.stop));
    return fitted(data, std::move(booster), std::move(bands));
  }
};

}  // namespace

std::unique_ptr<Model> make_xgboost() {
  return std::make_unique<Xgboost>();
}

Result<std::unique_ptr<FittedModel>> load_xgboost(const nlohmann::json& state) {
  return FittedXgboost::load(state);
}

}  // namespace trainyard::models
