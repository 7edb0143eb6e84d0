#include "worker/models/lsgt/fitted_lsgt.hpp"

#include "worker/models/lsgt/lsgt_paths.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/quantile.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace trainyard::models {
namespace {

struct Column {
  std::string_view name;
  double LsgtParameters::* value;
};
constexpr std::array columns{Column{"alpha", &LsgtParameters::alpha},
                             Column{"beta", &LsgtParameters::beta},
                             Column{"zeta", &LsgtParameters::zeta},
                             Column{"growth", &LsgtParameters::growth},
                             Column{"rho", &LsgtParameters::rho},
                             Column{"local", &LsgtParameters::local},
                             Column{"error", &LsgtParameters::error},
                             Column{"tau", &LsgtParameters::tau},
                             Column{"least_error", &LsgtParameters::least_error},
                             Column{"freedom", &LsgtParameters::freedom}};

double season_of(std::span<const double> season, std::size_t period) {
  return season.empty() ? 1.0 : season[period % season.size()];
}

// `columns` and states as one column per quantity, one value per draw.
nlohmann::json columns_of(const std::vector<LsgtDraw>& draws) {
  nlohmann::json state;
  for (const auto& draw : draws) {
    for (const auto& column : columns)
      state[column.name].push_back(draw.parameters.*column.value);
    state["level"].push_back(draw.now.level);
    state["slope"].push_back(draw.now.slope);
  }
  state["seasons"] = nlohmann::json::array();
  for (const auto& draw : draws)
    for (const double ratio : draw.season)
      state["seasons"].push_back(ratio);
  return state;
}

std::vector<LsgtDraw> read_draws(StateReader& reader) {
  const auto levels = reader.numbers("level");
  const auto slopes = reader.numbers("slope");
  const auto seasons = reader.numbers("seasons");
  std::vector<LsgtDraw> draws(levels.size());
  if (draws.empty()) reader.refuse("level", "at least one number");
  if (slopes.size() != draws.size()) reader.refuse("slope", "as many as of level");
  if (draws.empty() || seasons.size() % draws.size() != 0)
    reader.refuse("seasons", "as many for each level");
  for (const double ratio : seasons)
    if (!(ratio > 0.0)) reader.refuse("seasons", "positive numbers");
  for (const auto& column : columns) {
    const auto values = reader.numbers(column.name);
    if (values.size() != draws.size()) reader.refuse(column.name, "as many as of level");
    if (!reader.result()) return {};
    for (std::size_t i = 0; i < draws.size(); ++i)
      draws[i].parameters.*column.value = values[i];
  }
  if (!reader.result()) return {};
  const auto m = static_cast<std::ptrdiff_t>(seasons.size() / draws.size());
  for (std::size_t i = 0; i < draws.size(); ++i) {
    if (!(draws[i].parameters.freedom > 0.0)) reader.refuse("freedom", "positive numbers");
    draws[i].now = {.level = levels[i], .slope = slopes[i]};
    const auto first = seasons.begin() + static_cast<std::ptrdiff_t>(i) * m;
    draws[i].season.assign(first, first + m);
  }
  return draws;
}

}  // namespace

Result<Forecast> FittedLsgt::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, 0));
  auto paths = sampled_paths(core_.draws, core_.count, request.horizon, core_.seed, request.stop);
  Forecast forecast;
  for (const double level : request.levels)
    forecast.intervals.push_back({.level = level, .lower = {}, .upper = {}});
  for (std::size_t h = 0; h < paths.size(); ++h) {
    if (request.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    const auto at = [&](double share) {
      const double value = core_.difference.with(quantile(paths[h], share), core_.count + h);
      return finite(value * core_.scale);
    };
    forecast.mean.push_back(at(0.5));
    for (auto& [level, lower, upper] : forecast.intervals) {
      lower.push_back(at(0.5 - level / 200.0));
      upper.push_back(at(0.5 + level / 200.0));
    }
  }
  return forecast;
}

std::string FittedLsgt::description() const {
  double alpha = 0.0;
  double rho = 0.0;
  for (const auto& draw : core_.draws) {
    alpha += draw.parameters.alpha / static_cast<double>(core_.draws.size());
    rho += draw.parameters.rho / static_cast<double>(core_.draws.size());
  }
  const auto text = fmt::format("LSGT(alpha {:.2f}, rho {:.2f})", alpha, rho);
  if (const auto m = core_.draws.front().season.size(); m > 0)
    return fmt::format("{} with multiplicative season of {}", text, m);
  if (core_.difference.indices.empty()) return text;
  return fmt::format("{} with additive season of {}", text, core_.difference.indices.size());
}

FittedLsgt::Past FittedLsgt::past() const {
  const auto none = std::vector<double>(y_.size(), 0.0);
  Past past{.level = none, .mean = none, .season = none};
  const double share = 1.0 / static_cast<double>(core_.draws.size());
  for (const auto& [p, now, last_season] : core_.draws) {
    LsgtDraw draw{.parameters = p,
                  .now = begin(p, core_.difference.without(y_[0], 0), season_of(season_, 0)),
                  .season = season_};
    for (std::size_t t = 0; t < y_.size(); ++t) {
      past.level[t] += share * draw.now.level;
      past.mean[t] += share * (t == 0 ? draw.now.level : next_step(p, draw.now).mean);
      past.season[t] += share * season_of(draw.season, t);
      if (t > 0) advance(draw, core_.difference.without(y_[t], t), t);
    }
  }
  return past;
}

InSample FittedLsgt::in_sample() const {
  if (y_.empty()) return {};
  InSample said{.first = 1, .values = {}};
  const auto known = past();
  for (std::size_t t = 1; t < y_.size(); ++t) {
    const double mean = core_.difference.with(known.mean[t] * known.season[t], t);
    said.values.push_back(finite(mean * core_.scale));
  }
  return said;
}

std::vector<Component> FittedLsgt::components() const {
  if (y_.empty()) return {};
  const auto m = std::max(season_.size(), core_.difference.indices.size());
  const bool is_ratio = core_.difference.indices.empty();
  Component level{.name = "level"};
  Component trend{.name = "trend"};
  Component season{.name = fmt::format("season {}", m),
                   .effect = is_ratio ? Effect::multiplicative : Effect::additive};
  Component remainder{.name = "remainder"};
  const auto known = past();
  for (std::size_t t = 0; t < y_.size(); ++t) {
    const double said = core_.difference.with(known.mean[t] * known.season[t], t);
    level.values.push_back(finite(known.level[t] * core_.scale));
    trend.values.push_back(finite((known.mean[t] - known.level[t]) * core_.scale));
    season.values.push_back(is_ratio ? known.season[t]
                                     : finite(core_.difference.index(t) * core_.scale));
    remainder.values.push_back(finite((y_[t] - said) * core_.scale));
  }
  std::vector<Component> parts{std::move(level), std::move(trend)};
  if (m > 0) parts.push_back(std::move(season));
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedLsgt::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  LsgtCore core = core_;
  auto y = y_;
  for (const double value : values) {
    const double adjusted = core.difference.without(value, core.count);
    for (auto& draw : core.draws)
      advance(draw, adjusted, core.count);
    ++core.count;
    if (!y_.empty()) y.push_back(value);
  }
  return std::make_unique<FittedLsgt>(std::move(core), std::move(y), season_);
}

Result<std::string> FittedLsgt::save() const {
  auto state = columns_of(core_.draws);
  state["differences"] = core_.difference.indices;
  state["count"] = core_.count;
  state["scale"] = core_.scale;
  state["seed"] = core_.seed;
  return saved_text("lsgt", std::move(state));
}

Result<std::unique_ptr<FittedModel>> FittedLsgt::load(const nlohmann::json& state) {
  StateReader reader(state);
  LsgtCore core{.draws = read_draws(reader),
                .difference = {.indices = reader.numbers("differences")},
                .scale = reader.number("scale"),
                .seed = static_cast<std::uint64_t>(reader.integer("seed"))};
  const auto count = reader.count("count");
  if (!(core.scale > 0.0)) reader.refuse("scale", "a positive number");
  TRY_DO(reader.result());
  core.count = static_cast<std::size_t>(count);
  return std::make_unique<FittedLsgt>(std::move(core), std::vector<double>(),
                                      std::vector<double>());
}

}  // namespace trainyard::models
