#include "worker/models/xgboost/xgboost_global.hpp"

#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"
#include "worker/models/xgboost/fitted_xgboost.hpp"
#include "worker/models/xgboost/tree_state.hpp"
#include "worker/models/xgboost/tree_training.hpp"
#include "worker/models/xgboost/xgboost_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>

namespace trainyard::models {
namespace {

constexpr std::string_view model_name = "xgboost_global";
constexpr std::size_t observations_min = 10;
constexpr std::size_t all_periods_max = 4'000'000;  // of all series
constexpr std::size_t periods_max = 100'000;        // of each
constexpr std::size_t cells_max = 2'400'000;        // rows × columns
constexpr std::size_t tested_max = 500;             // series whose errors make the bands
constexpr std::size_t origins_max = 4;              // of each

constexpr std::array<std::string_view, 3> scaling_names{"none", "standard", "robust"};

XgboostSettings defaults() {
  return {.transform = Transform::none,
          .booster = {.loss = Loss::pseudo_huber,
                      .rounds = 120,
                      .depth_max = 4,
                      .bins_max = 32,
                      .learning_rate = 0.05,
                      .leaf_weight_min = 20,
                      .row_share = 0.7}};
}

// What series must have in common.
struct Kind {
  domain::Frequency frequency;
  int season_length = 1;
  std::size_t covariates = 0;

  bool has(const Series& series) const {
    return series.frequency == frequency && series.season_length == season_length &&
           series.covariates.size() == covariates;
  }
};

Kind kind_of(const Series& series) {
  return {series.frequency, series.season_length, series.covariates.size()};
}

// The first of those that most series are of.
Kind commonest(std::span<const Series> all) {
  std::vector<std::pair<Kind, std::size_t>> counts;
  for (const auto& series : all) {
    const auto found = std::ranges::find_if(
        counts, [&](const auto& counted) { return counted.first.has(series); });
    if (found == counts.end())
      counts.emplace_back(kind_of(series), 1);
    else
      ++found->second;
  }
  return std::ranges::max_element(counts, {}, &std::pair<Kind, std::size_t>::second)->first;
}

// How series become rows: what is learned of one and what is asked about it are made alike.
struct Recipe {
  Kind kind;
  FeaturePlan plan;  // but for the start
  Transform transform = Transform::none;
  Scaling scaling = Scaling::standard;
};

struct Prepared {
  LearningSeries learning;
  ChangeScale scale;
  double unit = 1.0;  // of the scaled series, in that of the data
};

// The end of a series, `periods` of it at most.
Result<Prepared> prepare(const Series& series, const Recipe& recipe, std::size_t periods) {
  const auto& plan = recipe.plan;
  TRY(const auto scaled_series,
      scaled(series,
             {.model = model_name, .observations = observations_min + plan.first_origin() - 1}));
  if (!recipe.kind.has(series))
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("{} learned from {} series with a season of {} and {} "
                                       "covariates, as most are; this one differs",
                                       model_name, domain::to_string(recipe.kind.frequency),
                                       recipe.kind.season_length, recipe.kind.covariates),
                 .hint = "use another model for this segment"});
  const auto left_out = series.y.size() - std::min(series.y.size(), periods);
  auto own = plan;
  own.start = domain::advance(series.start, series.frequency, static_cast<std::int64_t>(left_out));
  const auto known = std::span(scaled_series.y).subspan(left_out);
  TRY(const auto transform, choose_transform(known, {.transform = recipe.transform}));
  const auto scale = change_scale(known, own, transform, recipe.scaling);
  std::vector<double> levels;
  for (const double v : known)
    levels.push_back(scale.to_level(v));
  Prepared made{.learning = {.history = ChangeHistory(own, scale, levels)},
                .scale = scale,
                .unit = scaled_series.scale};
  for (const auto& covariate : series.covariates)
    made.learning.covariates.push_back(covariate.subspan(left_out));
  return made;
}

// Errors are measured in units of each series and told in units of this one.
ConformalBands in_levels(const ConformalBands& bands, double unit) {
  auto typical = bands.typical_errors();
  for (double& error : typical)
    error *= unit;
  return {std::move(typical), bands.scores()};
}

class FittedXgboostGlobal final : public FittedGlobal {
 public:
  FittedXgboostGlobal(Recipe recipe, std::shared_ptr<const Booster> booster, ConformalBands bands,
                      std::size_t series)
      : recipe_(std::move(recipe)),
        booster_(std::move(booster)),
        bands_(std::move(bands)),
        series_(series) {}

  Result<std::unique_ptr<FittedModel>> on(const Series& series) const override {
    TRY(auto prepared, prepare(series, recipe_, periods_max));
    auto& history = prepared.learning.history;
    XgboostCore core{.change_scale = prepared.scale,
                     .history = history.known_at(history.size()),
                     .booster = booster_,
                     .bands = in_levels(bands_, prepared.scale.unit),
                     .scale = prepared.unit,
                     .learned = history.size(),
                     .left_out = series.y.size() - history.size(),
                     .series = series_};
    XgboostPast past{.history = std::move(history)};
    for (std::size_t t = 0; t < past.history.size(); ++t)
      std::ranges::copy(covariates_at(prepared.learning.covariates, t),
                        std::back_inserter(past.covariates));
    return std::make_unique<FittedXgboost>(std::move(core), std::move(past));
  }

  Result<std::string> save() const override {
    TRY(auto booster, booster_->save());
    nlohmann::json state{{"period", recipe_.kind.season_length},
                         {"scaling", scaling_names[static_cast<std::size_t>(recipe_.scaling)]},
                         {"series", series_},
                         {"booster", std::move(booster)}};
    store_plan(recipe_.plan, state);
    store_transform(recipe_.transform, state);
    store_bands(bands_, state);
    return saved_text("xgboost_global fit", std::move(state));
  }

 private:
  Recipe recipe_;
  std::shared_ptr<const Booster> booster_;
  ConformalBands bands_;
  std::size_t series_;
};

// All series that can be learned from.
struct Panel {
  Recipe recipe;
  std::vector<Prepared> series;
};

Result<Recipe> make_recipe(std::span<const Series> all, const XgboostSettings& settings,
                           std::optional<int> horizon) {
  Recipe recipe{.kind = commonest(all), .scaling = settings.scaling};
  const Series* longest = nullptr;
  bool has_logarithms = true;
  for (const auto& series : all) {
    if (!recipe.kind.has(series)) continue;
    if (longest == nullptr || series.y.size() > longest->y.size()) longest = &series;
    has_logarithms =
        has_logarithms && std::ranges::all_of(series.y, [](double v) { return v > 0.0; });
  }
  auto wanted = settings;
  // A change over several periods would be told the covariates of the last alone.
  if (!wanted.strategy)
    wanted.strategy = recipe.kind.covariates > 0 ? Strategy::recursive : Strategy::direct;
  if (!wanted.steps) wanted.steps = horizon;
  TRY(recipe.plan, plan_features(*longest, wanted));
  // Series start at different places of a season, whose numbers are then not the same.
  recipe.plan.has_place = false;
  recipe.transform =
      settings.transform.value_or(has_logarithms ? Transform::logarithm : Transform::none);
  return recipe;
}

Result<Panel> make_panel(std::span<const Series> all, std::optional<int> horizon,
                         const XgboostSettings& settings, const FitContext& context) {
  if (all.empty()) return fail(Errc::invalid_argument, "there is no series to learn from");
  Panel panel;
  TRY(panel.recipe, make_recipe(all, settings, horizon));
  const auto periods = std::max(panel.recipe.plan.memory() + observations_min,
                                std::min(periods_max, all_periods_max / all.size()));
  std::optional<Error> first_problem;
  for (const auto& series : all) {
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    auto prepared = prepare(series, panel.recipe, periods);
    if (prepared)
      panel.series.push_back(std::move(*prepared));
    else if (!first_problem)
      first_problem = std::move(prepared.error());
  }
  if (panel.series.empty()) return fail(*first_problem);
  return panel;
}

Result<ConformalBands> measure_errors(const Panel& panel, const BoosterOptions& options,
                                      const std::stop_token& stop) {
  const std::size_t ahead = panel.recipe.plan.steps;
  const auto start_of = [&](const Prepared& prepared) {
    const std::size_t n = prepared.learning.history.size();
    return n - std::clamp<std::size_t>(n / 4, 1, std::max<std::size_t>(2, ahead));
  };
  std::vector<LearningPart> parts;
  for (const auto& prepared : panel.series)
    parts.push_back({&prepared.learning, start_of(prepared)});
  TRY(const auto booster, train_trees(parts, options, cells_max, stop));
  std::vector<std::vector<double>> errors;
  const std::size_t stride = (panel.series.size() + tested_max - 1) / tested_max;
  for (std::size_t i = options.seed % stride; i < panel.series.size(); i += stride) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    const auto& prepared = panel.series[i];
    const std::size_t first = start_of(prepared);
    const std::size_t held_out = prepared.learning.history.size() - first;
    TRY(auto of_series, errors_ahead(booster, prepared.learning,
                                     {.first = first,
                                      .stride = (held_out + origins_max - 1) / origins_max,
                                      .steps = held_out},
                                     stop));
    for (auto& of_origin : of_series) {
      for (double& error : of_origin)
        error /= prepared.scale.unit;
      errors.push_back(std::move(of_origin));
    }
  }
  return ConformalBands(errors);
}

class XgboostGlobal final : public GlobalModel {
 public:
  std::string_view name() const override { return model_name; }

  Result<std::unique_ptr<FittedGlobal>> fit_all(std::span<const Series> all,
                                                std::optional<int> horizon,
                                                const FitContext& context) const override {
    TRY(const auto settings, read_settings(name(), context, defaults()));
    TRY(auto panel, make_panel(all, horizon, settings, context));
    auto options = settings.booster;
    double drift = 0.0;
    for (const auto& prepared : panel.series)
      drift += prepared.scale.drift / static_cast<double>(panel.series.size());
    options.base = to_float(drift);
    TRY(auto bands, measure_errors(panel, options, context.stop));
    std::vector<LearningPart> parts;
    for (const auto& prepared : panel.series)
      parts.push_back({&prepared.learning, prepared.learning.history.size()});
    TRY(auto booster, train_trees(parts, options, cells_max, context.stop));
    return std::make_unique<FittedXgboostGlobal>(
        std::move(panel.recipe), std::make_shared<const Booster>(std::move(booster)),
        std::move(bands), panel.series.size());
  }

  Result<std::unique_ptr<FittedGlobal>> load(std::string_view text) const override {
    TRY(const auto saved, read_saved(text));
    StateReader reader(saved.state);
    Recipe recipe{.plan = read_plan(reader), .transform = read_transform(reader)};
    recipe.kind = {recipe.plan.frequency, static_cast<int>(reader.integer("period")),
                   recipe.plan.covariates};
    recipe.scaling = static_cast<Scaling>(reader.choice("scaling", scaling_names));
    auto bands = read_bands(reader);
    const auto series = reader.integer("series");
    const auto trees = reader.text("booster");
    if (series < 1) reader.refuse("series", "a number of series");
    TRY_DO(reader.result());
    TRY(auto booster, Booster::load(trees, recipe.plan.columns()));
    return std::make_unique<FittedXgboostGlobal>(
        std::move(recipe), std::make_shared<const Booster>(std::move(booster)), std::move(bands),
        static_cast<std::size_t>(series));
  }
};

}  // namespace

std::unique_ptr<Model> make_xgboost_global() {
  return std::make_unique<XgboostGlobal>();
}

}  // namespace trainyard::models
