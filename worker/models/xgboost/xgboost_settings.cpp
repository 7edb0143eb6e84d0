#include "worker/models/xgboost/xgboost_settings.hpp"

#include "worker/models/hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trainyard::models {
namespace {

constexpr std::array<std::string_view, 3> strategy_names{"recursive", "direct", "auto"};
constexpr std::array<std::string_view, 3> differencing_names{"none", "first", "seasonal"};
constexpr std::array<std::string_view, 3> transform_names{"none", "log", "auto"};
constexpr std::array<std::string_view, 3> scaling_names{"none", "standard", "robust"};
constexpr std::array<std::string_view, 2> loss_names{"squared", "pseudo_huber"};
constexpr int steps_max = 1'000;
constexpr int periods_max = 10'000;
constexpr std::size_t listed_max = 200;
// Up to so many observations, looking several steps ahead at once was more accurate on the training
// parts of 1,150 competition series, and logarithms less so; beyond, it was the other way round.
constexpr std::size_t short_max = 200;

template <class Choice>
Choice choice(Hyperparameters& settings, std::string_view name, Choice fallback,
              std::span<const std::string_view> names) {
  const auto text = settings.choice(name, names[static_cast<std::size_t>(fallback)], names);
  return static_cast<Choice>(std::ranges::find(names, text) - names.begin());
}

// The last of the names says that the user left it open.
template <class Choice>
std::optional<Choice> choice(Hyperparameters& settings, std::string_view name,
                             std::optional<Choice> fallback,
                             std::span<const std::string_view> names) {
  const auto open = static_cast<Choice>(names.size() - 1);
  const auto chosen = choice(settings, name, fallback.value_or(open), names);
  return chosen == open ? std::nullopt : std::optional(chosen);
}

// A list of periods, any number of them up to a limit, in ascending order without repeats.
std::vector<int> periods(Hyperparameters& settings, std::string_view name, int least) {
  const auto* list = settings.json(name);
  if (list == nullptr) return {};
  const auto is_right = [&](const nlohmann::json& item) {
    return item.is_number_integer() && item.get<double>() >= least &&
           item.get<double>() <= periods_max;
  };
  if (!list->is_array() || list->empty() || list->size() > listed_max ||
      !std::ranges::all_of(*list, is_right)) {
    settings.refuse(name, fmt::format("expected a list of 1 to {} whole numbers from {} to {}",
                                      listed_max, least, periods_max));
    return {};
  }
  auto values = list->get<std::vector<int>>();
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  return values;
}

std::unexpected<Error> too_short(std::string_view setting, int periods, std::size_t observations) {
  return fail({.code = Errc::invalid_argument,
               .detail = fmt::format("{} {} needs at least {} observations, the series has {}",
                                     setting, periods, 2 * periods, observations),
               .field = std::string(setting),
               .hint = "use more history, or shorter periods"});
}

}  // namespace

Result<XgboostSettings> read_settings(std::string_view model, const FitContext& context,
                                      XgboostSettings defaults) {
  Hyperparameters settings(model, context.hyperparameters);
  auto read = std::move(defaults);
  read.strategy = choice(settings, "strategy", read.strategy, strategy_names);
  if (const int steps = settings.integer("steps", 0, {1, steps_max}); steps > 0) {
    read.steps = steps;
    if (read.strategy != Strategy::direct)
      settings.refuse("steps", "expected with the strategy direct only");
  }
  read.differencing = choice(settings, "differencing", read.differencing, differencing_names);
  read.transform = choice(settings, "transform", read.transform, transform_names);
  read.scaling = choice(settings, "scaling", read.scaling, scaling_names);
  if (auto lags = periods(settings, "lags", 1); !lags.empty()) read.lags = std::move(lags);
  if (auto windows = periods(settings, "windows", 2); !windows.empty())
    read.windows = std::move(windows);
  read.has_calendar = settings.flag("calendar", read.has_calendar);
  auto& booster = read.booster;
  booster.loss = choice(settings, "loss", booster.loss, loss_names);
  booster.rounds = settings.integer("rounds", booster.rounds, {1, 10'000});
  booster.depth_max = settings.integer("max_depth", booster.depth_max, {1, 16});
  booster.learning_rate = settings.number("learning_rate", booster.learning_rate, {1e-4, 1.0});
  booster.leaf_weight_min =
      to_float(settings.number("min_child_weight", booster.leaf_weight_min, {0.0, 1e6}));
  booster.row_share = settings.number("subsample", booster.row_share, {0.05, 1.0});
  booster.seed = static_cast<unsigned>(context.seed & 0x7fffffff);
  TRY_DO(settings.result());
  return read;
}

Result<FeaturePlan> plan_features(const Series& series, const XgboostSettings& settings) {
  constexpr int lags_max = 12;
  constexpr int short_window = 3;
  constexpr int window_without_season = 6;
  constexpr int steps_least = 12;
  const int n = static_cast<int>(series.y.size());
  const int season = n >= 2 * series.season_length ? std::max(1, series.season_length) : 1;
  FeaturePlan plan{.differencing = settings.differencing,
                   .lags = settings.lags,
                   .windows = settings.windows,
                   .season_length = season,
                   .has_calendar = settings.has_calendar,
                   .start = series.start,
                   .frequency = series.frequency,
                   .covariates = series.covariates.size()};
  if (plan.differencing == Differencing::seasonal && season == 1)
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("seasonal differencing needs two seasons of observations; "
                                       "the series has {} of a season of {}",
                                       n, series.season_length),
                 .field = "differencing",
                 .hint = "use differencing first"});
  for (const auto& [name, longest] : {std::pair{"lags", plan.lags.empty() ? 0 : plan.lags.back()},
                                      {"windows", plan.windows.empty() ? 0 : plan.windows.back()}})
    if (n < 2 * longest) return too_short(name, longest, series.y.size());
  for (int lag = 1; settings.lags.empty() && lag <= std::clamp(n / 5, 1, lags_max); ++lag)
    plan.lags.push_back(lag);
  if (plan.windows.empty()) {
    plan.windows = {short_window, season > 1 ? season : window_without_season};
    std::ranges::sort(plan.windows);
    plan.windows.erase(std::ranges::unique(plan.windows).begin(), plan.windows.end());
  }
  // A change over several periods would be told the covariates of the last alone.
  const bool goes_far = series.y.size() <= short_max && series.covariates.empty();
  if (settings.strategy.value_or(goes_far ? Strategy::direct : Strategy::recursive) ==
      Strategy::direct)
    plan.steps =
        std::clamp(settings.steps.value_or(std::max(steps_least, season)), 1, std::max(1, n / 3));
  return plan;
}

Result<Transform> choose_transform(std::span<const double> y, const XgboostSettings& settings) {
  const bool has_logarithms = std::ranges::min(y) > 0.0;
  const auto transform = settings.transform.value_or(
      has_logarithms && y.size() > short_max ? Transform::logarithm : Transform::none);
  if (transform == Transform::none || has_logarithms) return transform;
  const auto bad = std::ranges::find_if_not(y, [](double v) { return v > 0.0; });
  return fail({.code = Errc::invalid_argument,
               .detail = "logarithms need positive values",
               .field = "transform",
               .row = bad - y.begin() + 1,
               .hint = "use transform auto or none"});
}

}  // namespace trainyard::models
