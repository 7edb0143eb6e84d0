#include "worker/models/xgboost/fitted_xgboost.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/xgboost/level_paths.hpp"
#include "worker/models/xgboost/tree_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace trainyard::models {
namespace {

// The features of all periods that have a reference, each seen from the one before.
std::vector<float> rows_of(const XgboostPast& past) {
  std::vector<float> rows;
  const auto& plan = past.history.plan();
  for (std::size_t t = plan.first_origin(); t < past.history.size(); ++t)
    past.history.append_row(
        t, 1, std::span(past.covariates).subspan(t * plan.covariates, plan.covariates), rows);
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

}  // namespace

double FittedXgboost::value_of(double level) const {
  return finite(finite(core_.change_scale.from_level(level)) * core_.scale);
}

Result<Forecast> FittedXgboost::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, plan().covariates));
  const auto covariates = [&](std::size_t, std::size_t step) {
    return covariates_at(request.covariates, step - 1);
  };
  TRY(const auto paths,
      forecast_levels(*core_.booster, {core_.history}, {static_cast<std::size_t>(request.horizon)},
                      covariates, request.stop));
  const auto& path = paths.front();
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
  std::string text =
      fmt::format("XGBoost({} lags, {} features", plan().lags.size(), plan().columns());
  if (plan().steps > 1) text += fmt::format(", {} steps", plan().steps);
  if (plan().differencing == Differencing::none) text += ", no differencing";
  if (plan().differencing == Differencing::seasonal) text += ", seasonal differencing";
  if (core_.change_scale.transform == Transform::logarithm) text += ", log";
  if (core_.left_out > 0)
    text += fmt::format(", last {} of {}", core_.learned, core_.left_out + core_.learned);
  if (core_.series > 0) text += fmt::format(", learned from {} series", core_.series);
  return text + ")";
}

InSample FittedXgboost::in_sample() const {
  if (!past_) return {};
  const auto changes = core_.booster->predict(rows_of(*past_), plan().columns());
  if (!changes) return {};
  InSample said{.first = core_.left_out + plan().first_origin()};
  std::size_t origin = plan().first_origin();
  for (const double change : *changes)
    said.values.push_back(value_of(past_->history.level_after(origin++, 1, change)));
  return said;
}

std::vector<Component> FittedXgboost::components() const {
  if (!past_ || core_.left_out > 0) return {};
  const auto added = core_.booster->contributions(rows_of(*past_), plan().columns());
  if (!added) return {};
  const bool ratio = core_.change_scale.transform == Transform::logarithm;
  auto [parts, part_of] = parts_of(plan(), ratio ? Effect::multiplicative : Effect::additive);
  Component remainder{.name = "remainder"};
  const auto& history = past_->history;
  const std::size_t first = plan().first_origin();
  for (std::size_t t = 0; t < history.size(); ++t) {
    std::vector<double> changes(parts.size(), 0.0);
    for (std::size_t c = 0; t >= first && c < part_of.size(); ++c)
      changes[part_of[c]] += (*added)[(t - first) * part_of.size() + c] * core_.change_scale.unit;
    const double observed = value_of(history.levels()[t]);
    double said = t >= first ? value_of(history.reference(t, 1)) : observed;
    parts[0].values.push_back(said);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const double value = finite(ratio ? std::exp(changes[i]) : changes[i] * core_.scale);
      parts[i].values.push_back(value);
      said = finite(ratio ? said * value : said + value);
    }
    remainder.values.push_back(finite(observed - said));
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
  nlohmann::json state{{"center", core_.change_scale.center},
                       {"unit", core_.change_scale.unit},
                       {"levels", core_.history.levels()},
                       {"booster", std::move(booster)},
                       {"scale", core_.scale},
                       {"learned", core_.learned},
                       {"left_out", core_.left_out},
                       {"series", core_.series}};
  store_plan(plan(), state);
  store_transform(core_.change_scale.transform, state);
  store_bands(core_.bands, state);
  return saved_text(core_.series > 0 ? "xgboost_global" : "xgboost", std::move(state));
}

Result<std::unique_ptr<FittedModel>> FittedXgboost::load(const nlohmann::json& state) {
  StateReader reader(state);
  const auto plan = read_plan(reader);
  const ChangeScale change_scale{.transform = read_transform(reader),
                                 .center = reader.number("center"),
                                 .unit = reader.number("unit")};
  const auto levels = reader.numbers("levels");
  const auto booster = reader.text("booster");
  auto bands = read_bands(reader);
  const double scale = reader.number("scale");
  const auto learned = reader.count("learned");
  const auto left_out = reader.count("left_out");
  const auto series = reader.count("series");
  if (!(change_scale.unit > 0.0)) reader.refuse("unit", "a positive number");
  if (levels.size() < plan.first_origin())
    reader.refuse("levels", fmt::format("at least {} numbers", plan.first_origin()));
  if (!(scale > 0.0)) reader.refuse("scale", "a positive number");
  TRY_DO(reader.result());
  TRY(auto trees, Booster::load(booster, plan.columns()));
  return std::make_unique<FittedXgboost>(
      XgboostCore{.change_scale = change_scale,
                  .history = ChangeHistory(plan, change_scale, levels),
                  .booster = std::make_shared<const Booster>(std::move(trees)),
                  .bands = std::move(bands),
                  .scale = scale,
                  .learned = static_cast<std::size_t>(learned),
                  .left_out = static_cast<std::size_t>(left_out),
                  .series = static_cast<std::size_t>(series)},
      std::nullopt);
}

}  // namespace trainyard::models
