#include "worker/models/theta/fitted_theta.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace trainyard::models {
namespace {

std::vector<double> path(const ThetaParameters& parameters, ThetaState state, int horizon) {
  std::vector<double> values;
  for (int h = 0; h < horizon; ++h) {
    values.push_back(expected(parameters, state));
    advance(parameters, state, values.back());
  }
  return values;
}

// Step h sees the error of each step before it through the recursion, which is linear in the data:
// v_h = σ²(1 + Σ_{j<h} (response of h to a unit error at j)²).
std::vector<double> spread(const ThetaCore& core, int horizon) {
  constexpr int exact_max = 500;
  const int exact = std::min(horizon, exact_max);
  std::vector<double> sums(horizon, 1.0);
  ThetaParameters response = core.parameters;
  response.line = {};  // a line that does not move cancels out
  ThetaState state{.decay = core.now.decay, .seen = {.count = core.now.seen.count}};
  for (int j = 0; j + 1 < exact; ++j) {
    ThetaState shocked = state;
    advance(response, shocked, 1.0);
    advance(response, state, 0.0);
    for (int h = j + 1; h < exact; ++h) {
      const double seen = expected(response, shocked);
      sums[h] += seen * seen;
      advance(response, shocked, seen);
    }
  }
  // Far ahead the sum grows as that of a random walk: by a constant.
  for (int h = exact; h < horizon; ++h)
    sums[h] = sums[h - 1] + (sums[exact - 1] - sums[exact - 2]);
  for (double& sum : sums)
    sum = core.error * std::sqrt(sum);
  return sums;
}

constexpr std::array<std::string_view, 2> composition_names{"additive", "multiplicative"};

std::string_view name_of(Composition composition) {
  return composition_names[static_cast<std::size_t>(composition)];
}

}  // namespace

Result<Forecast> FittedTheta::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, 0));
  StepMoments moments{.mean = path(core_.parameters, core_.now, request.horizon)};
  moments.sd = request.levels.empty() ? std::vector<double>(request.horizon)
                                      : spread(core_, request.horizon);
  const auto n = static_cast<std::size_t>(core_.now.seen.count);
  for (std::size_t h = 0; h < moments.mean.size(); ++h) {
    moments.mean[h] = core_.season.with(moments.mean[h], n + h);
    if (core_.season.composition == Composition::multiplicative)
      moments.sd[h] *= core_.season.index(n + h);
  }
  return normal_forecast(moments, core_.scale, request.levels);
}

std::string FittedTheta::description() const {
  const auto form = to_string(core_.parameters.form);
  if (core_.season.indices.empty()) return std::string(form);
  return fmt::format("{} with {} season of {}", form, name_of(core_.season.composition),
                     core_.season.indices.size());
}

InSample FittedTheta::in_sample() const {
  if (y_.empty()) return {};
  InSample said{.first = first_error(core_.parameters.form)};
  ThetaState state = start_of(core_.parameters);
  for (std::size_t t = 0; t < y_.size(); ++t) {
    const double mean = core_.season.with(expected(core_.parameters, state), t);
    if (t >= said.first) said.values.push_back(finite(finite(mean) * core_.scale));
    advance(core_.parameters, state, core_.season.without(y_[t], t));
  }
  return said;
}

std::vector<Component> FittedTheta::components() const {
  if (y_.empty()) return {};
  const bool ratio = core_.season.composition == Composition::multiplicative;
  Component level{.name = "level"};
  Component trend{.name = "trend"};
  Component season{.name = fmt::format("season {}", core_.season.indices.size()),
                   .effect = ratio ? Effect::multiplicative : Effect::additive};
  Component remainder{.name = "remainder"};
  const double scale = core_.scale;
  ThetaState state = start_of(core_.parameters);
  for (std::size_t t = 0; t < y_.size(); ++t) {
    const double mean = core_.season.with(expected(core_.parameters, state), t);
    const double seen = core_.season.without(y_[t], t);
    // Before there are errors to fit, a dynamic form's state may lie anywhere.
    const bool is_start = t < first_error(core_.parameters.form);
    level.values.push_back(finite((is_start ? seen : state.level) * scale));
    trend.values.push_back(is_start ? 0.0 : finite(trend_of(core_.parameters, state) * scale));
    season.values.push_back(finite(core_.season.index(t) * (ratio ? 1.0 : scale)));
    remainder.values.push_back(is_start ? 0.0 : finite((y_[t] - mean) * scale));
    advance(core_.parameters, state, seen);
  }
  std::vector<Component> parts{std::move(level), std::move(trend)};
  if (!core_.season.indices.empty()) parts.push_back(std::move(season));
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedTheta::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  ThetaCore core = core_;
  auto y = y_;
  for (const double value : values) {
    const auto period = static_cast<std::size_t>(core.now.seen.count);
    advance(core.parameters, core.now, core.season.without(value, period));
    if (!y_.empty()) y.push_back(value);
  }
  return std::make_unique<FittedTheta>(std::move(core), std::move(y));
}

Result<std::string> FittedTheta::save() const {
  const auto& [parameters, season, now, error, scale] = core_;
  return saved_text("theta", {{"form", to_string(parameters.form)},
                              {"alpha", parameters.alpha},
                              {"trend_weight", parameters.trend_weight},
                              {"initial_level", parameters.initial_level},
                              {"intercept", parameters.line.intercept},
                              {"slope", parameters.line.slope},
                              {"composition", name_of(season.composition)},
                              {"season", season.indices},
                              {"level", now.level},
                              {"decay", now.decay},
                              {"seen_mean", now.seen.mean},
                              {"seen_slope", now.seen.slope},
                              {"count", static_cast<std::int64_t>(now.seen.count)},
                              {"error", error},
                              {"scale", scale}});
}

Result<std::unique_ptr<FittedModel>> FittedTheta::load(const nlohmann::json& state) {
  StateReader reader(state);
  ThetaCore core;
  core.parameters = {
      .form = static_cast<ThetaForm>(reader.choice("form", theta_form_names)),
      .alpha = reader.number("alpha"),
      .trend_weight = reader.number("trend_weight"),
      .initial_level = reader.number("initial_level"),
      .line = {.intercept = reader.number("intercept"), .slope = reader.number("slope")}};
  core.season = read_season(reader);
  const auto count = reader.count("count");
  core.now = {.level = reader.number("level"),
              .decay = reader.number("decay"),
              .seen = {.mean = reader.number("seen_mean"),
                       .slope = reader.number("seen_slope"),
                       .count = static_cast<double>(count)}};
  core.error = reader.number("error");
  core.scale = reader.number("scale");
  if (!(core.scale > 0.0)) reader.refuse("scale", "a positive number");
  if (!(core.parameters.alpha > 0.0)) reader.refuse("alpha", "a positive number");
  TRY_DO(reader.result());
  return std::make_unique<FittedTheta>(std::move(core), std::vector<double>());
}

}  // namespace trainyard::models
