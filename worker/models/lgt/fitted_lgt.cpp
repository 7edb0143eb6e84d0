#include "worker/models/lgt/fitted_lgt.hpp"

#include "worker/models/lgt/lgt_posterior.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trainyard::models {
namespace {

// Growth in proportion to the level has no bound, numbers have one.
constexpr double furthest = 1e100;

double bounded(double value) {
  return std::clamp(value, -furthest, furthest);
}

// How an error of one period moves the expectation of later ones, with everything that is not
// linear in the level replaced by its slope at the last one.
class Response {
 public:
  explicit Response(const LgtPoint& point) : point_(point) {
    const auto& shape = point.shape;
    level_gain_ = 1.0;
    if (shape.rho > 0.0)
      level_gain_ +=
          point.growth * shape.rho * power_of(point.now.level, shape.rho - 1.0) / shape.alpha;
    state_ = {.level = shape.alpha, .slope = shape.alpha * shape.beta};
  }

  double next() {
    const double seen =
        level_gain_ * state_.level + point_.local * state_.slope / point_.shape.alpha;
    advance(point_.shape, state_, bounded(seen));
    return bounded(seen);
  }

 private:
  const LgtPoint& point_;
  double level_gain_ = 1.0;
  LgtState state_;
};

// Adds the point's share to the first two moments of each step.
void add_moments(const LgtPoint& point, std::vector<double>& mean, std::vector<double>& square) {
  LgtState state = point.now;
  Response response(point);
  const double error = point.error * power_of(state.level, point.shape.tau);
  double responses = 1.0;
  for (std::size_t h = 0; h < mean.size(); ++h) {
    const double said = bounded(expected(point, state));
    advance(point.shape, state, said);
    const double drift = static_cast<double>(h + 1) * point.growth_error;
    mean[h] += point.weight * said;
    square[h] += point.weight * (said * said + error * error * responses + drift * drift);
    const double seen = response.next();
    responses += seen * seen;
  }
}

constexpr std::array<std::string_view, 2> composition_names{"additive", "multiplicative"};

}  // namespace

Result<Forecast> FittedLgt::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, 0));
  StepMoments moments{.mean = std::vector<double>(request.horizon),
                      .sd = std::vector<double>(request.horizon)};
  for (const auto& point : core_.points)
    add_moments(point, moments.mean, moments.sd);
  for (std::size_t h = 0; h < moments.mean.size(); ++h) {
    double& mean = moments.mean[h];
    double& sd = moments.sd[h];
    sd = std::sqrt(std::max(0.0, sd - mean * mean));
    mean = core_.season.with(mean, core_.count + h);
    if (core_.season.composition == Composition::multiplicative)
      sd *= core_.season.index(core_.count + h);
  }
  return normal_forecast(moments, core_.scale, request.levels);
}

std::string FittedLgt::description() const {
  LgtShape mean{.alpha = 0.0, .beta = 0.0};
  for (const auto& point : core_.points) {
    mean.alpha += point.weight * point.shape.alpha;
    mean.rho += point.weight * point.shape.rho;
  }
  const auto text = fmt::format("LGT(alpha {:.2f}, rho {:.2f})", mean.alpha, mean.rho);
  if (core_.season.indices.empty()) return text;
  return fmt::format("{} with {} season of {}", text,
                     composition_names[static_cast<std::size_t>(core_.season.composition)],
                     core_.season.indices.size());
}

FittedLgt::Past FittedLgt::past() const {
  Past past{std::vector<double>(y_.size()), std::vector<double>(y_.size())};
  std::vector<double> adjusted;
  for (std::size_t t = 0; t < y_.size(); ++t)
    adjusted.push_back(core_.season.without(y_[t], t));
  for (const auto& point : core_.points) {
    LgtState state = lgt_start(adjusted);
    for (std::size_t t = 0; t < adjusted.size(); ++t) {
      past.level[t] += point.weight * state.level;
      past.mean[t] += point.weight * (t == 0 ? state.level : expected(point, state));
      if (t > 0) advance(point.shape, state, adjusted[t]);
    }
  }
  return past;
}

InSample FittedLgt::in_sample() const {
  if (y_.empty()) return {};
  InSample said{.first = 1};
  const auto known = past();
  for (std::size_t t = 1; t < y_.size(); ++t)
    said.values.push_back(finite(core_.season.with(known.mean[t], t) * core_.scale));
  return said;
}

std::vector<Component> FittedLgt::components() const {
  if (y_.empty()) return {};
  const bool ratio = core_.season.composition == Composition::multiplicative;
  Component level{.name = "level"};
  Component trend{.name = "trend"};
  Component season{.name = fmt::format("season {}", core_.season.indices.size()),
                   .effect = ratio ? Effect::multiplicative : Effect::additive};
  Component remainder{.name = "remainder"};
  const auto known = past();
  for (std::size_t t = 0; t < y_.size(); ++t) {
    level.values.push_back(finite(known.level[t] * core_.scale));
    trend.values.push_back(finite((known.mean[t] - known.level[t]) * core_.scale));
    season.values.push_back(finite(core_.season.index(t) * (ratio ? 1.0 : core_.scale)));
    remainder.values.push_back(finite((y_[t] - core_.season.with(known.mean[t], t)) * core_.scale));
  }
  std::vector<Component> parts{std::move(level), std::move(trend)};
  if (!core_.season.indices.empty()) parts.push_back(std::move(season));
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedLgt::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  LgtCore core = core_;
  auto y = y_;
  for (const double value : values) {
    const double adjusted = core.season.without(value, core.count++);
    for (auto& point : core.points)
      advance(point.shape, point.now, adjusted);
    if (!y_.empty()) y.push_back(value);
  }
  return std::make_unique<FittedLgt>(std::move(core), std::move(y));
}

Result<std::string> FittedLgt::save() const {
  // One column per quantity, one value per point.
  nlohmann::json state{
      {"composition", composition_names[static_cast<std::size_t>(core_.season.composition)]},
      {"season", core_.season.indices},
      {"count", core_.count},
      {"scale", core_.scale}};
  for (const auto& point : core_.points) {
    state["alpha"].push_back(point.shape.alpha);
    state["beta"].push_back(point.shape.beta);
    state["rho"].push_back(point.shape.rho);
    state["tau"].push_back(point.shape.tau);
    state["growth"].push_back(point.growth);
    state["local"].push_back(point.local);
    state["error"].push_back(point.error);
    state["growth_error"].push_back(point.growth_error);
    state["weight"].push_back(point.weight);
    state["level"].push_back(point.now.level);
    state["slope"].push_back(point.now.slope);
  }
  return saved_text("lgt", std::move(state));
}

Result<std::unique_ptr<FittedModel>> FittedLgt::load(const nlohmann::json& state) {
  StateReader reader(state);
  constexpr std::array<std::string_view, 11> names{"alpha",  "beta",  "rho",   "tau",
                                                   "growth", "local", "error", "growth_error",
                                                   "weight", "level", "slope"};
  std::array<std::vector<double>, names.size()> columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    columns[i] = reader.numbers(names[i]);
  LgtCore core{.season = read_season(reader), .scale = reader.number("scale")};
  const auto count = reader.count("count");
  if (!(core.scale > 0.0)) reader.refuse("scale", "a positive number");
  if (columns[0].empty()) reader.refuse("alpha", "at least one number");
  for (std::size_t i = 0; i < names.size(); ++i)
    if (columns[i].size() != columns[0].size()) reader.refuse(names[i], "as many as of alpha");
  for (const double alpha : columns[0])
    if (!(alpha > 0.0)) reader.refuse("alpha", "positive numbers");
  TRY_DO(reader.result());
  core.count = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    const auto& c = columns;
    core.points.push_back(
        {.shape = {.alpha = c[0][i], .beta = c[1][i], .rho = c[2][i], .tau = c[3][i]},
         .growth = c[4][i],
         .local = c[5][i],
         .error = c[6][i],
         .growth_error = c[7][i],
         .weight = c[8][i],
         .now = {.level = c[9][i], .slope = c[10][i]}});
  }
  return std::make_unique<FittedLgt>(std::move(core), std::vector<double>());
}

}  // namespace trainyard::models
