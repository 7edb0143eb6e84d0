#include "worker/models/xgboost/fitted_xgboost.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace trainyard::models {
namespace {

using std::chrono::days;
using std::chrono::microseconds;

constexpr std::array<std::string_view, 2> transform_names{"none", "logarithm"};

// The features of all periods but the first.
std::vector<float> rows_of(const XgboostPast& past) {
  std::vector<float> rows;
  const std::size_t width = past.history.plan().covariates;
  for (std::size_t t = 1; t < past.history.size(); ++t)
    past.history.append_row(t, std::span(past.covariates).subspan(t * width, width), rows);
  return rows;
}

// What is made of a row's contributions: the level, which has none, and a part per group of them.
struct Parts {
  std::vector<Component> components;
  std::vector<std::size_t> of_column;  // each feature's position there, and that of the constant
};

Parts parts_of(const FeaturePlan& plan, Effect effect) {
  Parts parts{.components = {{.name = "level"}}};
  const auto add = [&](std::string name, std::size_t columns) {
    if (columns == 0) return;
    parts.of_column.insert(parts.of_column.end(), columns, parts.components.size());
    parts.components.push_back({.name = std::move(name), .effect = effect});
  };
  const std::size_t before = plan.columns_before();
  add("trend", before);
  add("calendar", plan.columns() - before - plan.covariates);
  for (std::size_t i = 0; i < plan.covariates; ++i)
    add(fmt::format("covariate {}", i), 1);
  parts.of_column.push_back(parts.of_column.front());
  return parts;
}

FeaturePlan read_plan(StateReader& reader) {
  constexpr auto furthest = days(4'000'000);  // either side of 1970: the years -8981 to 12921
  constexpr std::int64_t columns_max = 100'000;
  const auto count = [&](std::string_view key, std::int64_t least) {
    const auto value = reader.integer(key);
    if (value < least || value > columns_max)
      reader.refuse(key, fmt::format("from {} to {}", least, columns_max));
    return value;
  };
  FeaturePlan plan{.lags = static_cast<int>(count("lags", 1)),
                   .season_length = static_cast<int>(count("season", 1))};
  plan.covariates = static_cast<std::size_t>(count("covariates", 0));
  plan.start = TimePoint(microseconds(reader.integer("start")));
  if (abs(plan.start.time_since_epoch()) > furthest)
    reader.refuse("start", "a time in microseconds since 1970");
  if (const auto frequency = domain::parse_frequency(reader.text("frequency")))
    plan.frequency = *frequency;
  else
    reader.refuse("frequency", "a frequency");
  return plan;
}

ConformalBands read_bands(StateReader& reader) {
  const auto ascending = [&](std::string_view key) {
    auto values = reader.numbers(key);
    if (values.empty() || values.front() < 0.0 || !std::ranges::is_sorted(values))
      reader.refuse(key, "a list of numbers from 0 on, ascending");
    return values;
  };
  auto typical = ascending("typical_errors");
  return {std::move(typical), ascending("scores")};
}

}  // namespace

double FittedXgboost::value_of(double level) const {
  return finite(finite(core_.change_scale.from_level(level)) * core_.scale);
}

Result<std::vector<double>> FittedXgboost::levels_ahead(const ForecastRequest& request) const {
  ChangeHistory history = core_.history;
  std::vector<double> path;
  std::vector<float> row;
  for (std::size_t h = 0; std::cmp_less(h, request.horizon); ++h) {
    row.clear();
    history.append_row(history.size(), covariates_at(request.covariates, h), row);
    TRY(const auto change, core_.booster->predict(row, plan().columns()));
    history.append_change(change.front());
    path.push_back(history.level());
  }
  return path;
}

Result<Forecast> FittedXgboost::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, plan().covariates));
  TRY(const auto path, levels_ahead(request));
  Forecast result;
  for (const double level : path)
    result.mean.push_back(value_of(level));
  for (const double level : request.levels) {
    Interval band{.level = level};
    for (std::size_t h = 0; h < path.size(); ++h) {
      const double width = core_.bands.half_width(level, static_cast<int>(h) + 1);
      band.lower.push_back(std::min(result.mean[h], value_of(path[h] - width)));
      band.upper.push_back(std::max(result.mean[h], value_of(path[h] + width)));
    }
    result.intervals.push_back(std::move(band));
  }
  return result;
}

std::string FittedXgboost::description() const {
  return fmt::format("XGBoost({} lags, {} features{}{})", plan().lags, plan().columns(),
                     core_.change_scale.transform == Transform::logarithm ? ", log" : "",
                     core_.left_out > 0 ? fmt::format(", last {} of {}", core_.learned,
                                                      core_.left_out + core_.learned)
                                        : "");
}

InSample FittedXgboost::in_sample() const {
  if (!past_) return {};
  const auto changes = core_.booster->predict(rows_of(*past_), plan().columns());
  if (!changes) return {};
  InSample said{.first = core_.left_out + 1};
  for (std::size_t i = 0; i < changes->size(); ++i)
    said.values.push_back(
        value_of(past_->history.levels()[i] + (*changes)[i] * core_.change_scale.unit));
  return said;
}

std::vector<Component> FittedXgboost::components() const {
  if (!past_ || core_.left_out > 0) return {};
  const auto added = core_.booster->contributions(rows_of(*past_), plan().columns());
  if (!added) return {};
  const bool ratio = core_.change_scale.transform == Transform::logarithm;
  auto [parts, part_of] = parts_of(plan(), ratio ? Effect::multiplicative : Effect::additive);
  Component remainder{.name = "remainder"};
  const auto& levels = past_->history.levels();
  for (std::size_t t = 0; t < levels.size(); ++t) {
    std::vector<double> changes(parts.size(), 0.0);
    for (std::size_t c = 0; t > 0 && c < part_of.size(); ++c)
      changes[part_of[c]] += (*added)[(t - 1) * part_of.size() + c] * core_.change_scale.unit;
    double said = value_of(levels[t > 0 ? t - 1 : 0]);
    parts[0].values.push_back(said);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const double value = finite(ratio ? std::exp(changes[i]) : changes[i] * core_.scale);
      parts[i].values.push_back(value);
      said = finite(ratio ? said * value : said + value);
    }
    remainder.values.push_back(finite(value_of(levels[t]) - said));
  }
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedXgboost::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  // The same promises as for future values: as many, as long, and finite.
  if (!values.empty())
    TRY_DO(check_request(
        {.horizon = static_cast<int>(values.size()), .levels = {}, .covariates = next.covariates},
        plan().covariates));
  XgboostCore core = core_;
  auto past = past_;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double level = core.change_scale.to_level(values[t]);
    if (!std::isfinite(level))
      return fail({.code = Errc::invalid_argument,
                   .detail = "the fit is of logarithms, this observation is not positive",
                   .row = static_cast<std::int64_t>(t) + 1,
                   .hint = "fit the model anew"});
    core.history.append_level(level);
    if (!past) continue;
    past->history.append_level(level);
    if (plan().covariates > 0)
      std::ranges::copy(covariates_at(next.covariates, t), std::back_inserter(past->covariates));
  }
  return std::make_unique<FittedXgboost>(std::move(core), std::move(past));
}

Result<std::string> FittedXgboost::save() const {
  TRY(auto booster, core_.booster->save());
  return saved_text(
      "xgboost",
      {{"lags", plan().lags},
       {"season", plan().season_length},
       {"covariates", plan().covariates},
       {"start", plan().start.time_since_epoch().count()},
       {"frequency", domain::to_string(plan().frequency)},
       {"transform", transform_names[static_cast<std::size_t>(core_.change_scale.transform)]},
       {"unit", core_.change_scale.unit},
       {"levels", core_.history.levels()},
       {"booster", std::move(booster)},
       {"typical_errors", core_.bands.typical_errors()},
       {"scores", core_.bands.scores()},
       {"scale", core_.scale},
       {"learned", core_.learned},
       {"left_out", core_.left_out}});
}

Result<std::unique_ptr<FittedModel>> FittedXgboost::load(const nlohmann::json& state) {
  StateReader reader(state);
  const auto plan = read_plan(reader);
  const ChangeScale change_scale{
      .transform = static_cast<Transform>(reader.choice("transform", transform_names)),
      .unit = reader.number("unit")};
  const auto levels = reader.numbers("levels");
  const auto booster = reader.text("booster");
  auto bands = read_bands(reader);
  const double scale = reader.number("scale");
  const auto learned = reader.integer("learned");
  const auto left_out = reader.integer("left_out");
  if (!(change_scale.unit > 0.0)) reader.refuse("unit", "a positive number");
  if (levels.empty()) reader.refuse("levels", "at least one number");
  if (!(scale > 0.0)) reader.refuse("scale", "a positive number");
  if (learned < 0) reader.refuse("learned", "a number of observations");
  if (left_out < 0) reader.refuse("left_out", "a number of observations");
  TRY_DO(reader.result());
  TRY(auto trees, Booster::load(booster, plan.columns()));
  return std::make_unique<FittedXgboost>(
      XgboostCore{.change_scale = change_scale,
                  .history = ChangeHistory(plan, change_scale, levels),
                  .booster = std::make_shared<const Booster>(std::move(trees)),
                  .bands = std::move(bands),
                  .scale = scale,
                  .learned = static_cast<std::size_t>(learned),
                  .left_out = static_cast<std::size_t>(left_out)},
      std::nullopt);
}

}  // namespace trainyard::models
