#include "worker/models/xgboost/xgboost_model.hpp"

#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/xgboost/conformal.hpp"
#include "worker/models/xgboost/fitted_xgboost.hpp"
#include "worker/models/xgboost/tree_training.hpp"
#include "worker/models/xgboost/xgboost_settings.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace trainyard::models {
namespace {

constexpr std::size_t observations_min = 10;
constexpr std::size_t held_out_max = 60;
constexpr std::size_t steps_max = 24;  // whose errors are measured for the bands
// Periods × columns that are learned from, and rows × columns: how long one tree takes, which is
// the longest the library works without looking at a stop request.
constexpr std::size_t period_cells_max = 300'000;
constexpr std::size_t cells_max = 600'000;

constexpr XgboostSettings defaults{
    .booster = {.rounds = 80, .depth_max = 3, .learning_rate = 0.08, .leaf_weight_min = 5}};

// The end of the series, as much of it as one training takes.
Series training_window(const Series& series, const FeaturePlan& plan) {
  const auto rows = std::max(plan.memory() + observations_min, period_cells_max / plan.columns());
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

// Trees that did not see the end of the series, tried on it.
Result<ConformalBands> measure_errors(const LearningSeries& series, const BoosterOptions& options,
                                      const FitContext& context) {
  const auto& stop = context.stop;
  const std::size_t n = series.history.size();
  const std::size_t held_out = std::clamp<std::size_t>(n / 4, 2, held_out_max);
  const std::size_t first = n - held_out;
  const std::array parts{LearningPart{&series, first}};
  TRY(const Booster booster,
      train_trees(parts, options, cells_max, stop, {.store = context.checkpoint, .name = "tried"}));
  TRY(const auto errors,
      errors_ahead(booster, series,
                   {.first = first, .steps = std::min(steps_max, (held_out + 1) / 2)}, stop));
  return ConformalBands(errors);
}

std::unique_ptr<FittedModel> fitted(LearningSeries series, XgboostCore core) {
  XgboostPast past{.history = std::move(series.history)};
  for (std::size_t t = 0; t < past.history.size(); ++t)
    std::ranges::copy(covariates_at(series.covariates, t), std::back_inserter(past.covariates));
  return std::make_unique<FittedXgboost>(std::move(core), std::move(past));
}

class Xgboost final : public Model {
 public:
  std::string_view name() const override { return "xgboost"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY(const auto settings, read_settings(name(), context, defaults));
    TRY(const auto scaled_series,
        scaled(series, {.model = name(), .observations = observations_min}));
    TRY(auto plan, plan_features(series, settings));
    const auto window = training_window(series, plan);
    plan.start = window.start;
    const auto learned = std::span(scaled_series.y).last(window.y.size());
    TRY(const auto transform, choose_transform(learned, settings));
    const auto scale = change_scale(learned, plan, transform, settings.scaling);
    std::vector<double> levels;
    for (const double v : learned)
      levels.push_back(scale.to_level(v));
    LearningSeries learning{.history = ChangeHistory(plan, scale, levels),
                            .covariates = window.covariates};
    auto options = settings.booster;
    options.base = to_float(scale.drift);
    TRY(auto bands, measure_errors(learning, options, context));
    const std::array parts{LearningPart{&learning, levels.size()}};
    TRY(auto booster, train_trees(parts, options, cells_max, context.stop,
                                  {.store = context.checkpoint, .name = "trees"}));
    XgboostCore core{.change_scale = scale,
                     .history = learning.history.known_at(levels.size()),
                     .booster = std::make_shared<const Booster>(std::move(booster)),
                     .bands = std::move(bands),
                     .scale = scaled_series.scale,
                     .learned = levels.size(),
                     .left_out = series.y.size() - levels.size()};
    return fitted(std::move(learning), std::move(core));
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
