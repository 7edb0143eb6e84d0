#include "worker/models/ces/fitted_ces.hpp"

#include "worker/models/ces/ces_backcast.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace trainyard::models {
namespace {

// What the states say of the next `horizon` periods, the first of which belongs to `slot`.
std::vector<double> path(CesState<double> state, const CesGains<double>& gains, std::size_t slot,
                         int horizon) {
  std::vector<double> values;
  for (int h = 0; h < horizon; ++h) {
    values.push_back(finite(state.expected(slot)));
    state.absorb(gains, 0.0, slot);
    slot = (slot + 1) % state.slots();
  }
  return values;
}

CesState<double> zeros_like(CesState<double> state) {
  for (auto* part : {&state.level, &state.potential, &state.season, &state.season_potential})
    std::ranges::fill(*part, 0.0);
  return state;
}

// The model is linear, so v_h = σ²(1 + Σ_{j<h} (response of h to a unit error at j)²), and the
// response depends on h − j alone.
std::vector<double> spread(const CesCore& core, int horizon) {
  CesState<double> shocked = zeros_like(core.now);
  const CesGains gains(core.parameters);
  shocked.absorb(gains, 1.0, 0);
  const auto response = path(shocked, gains, 1 % shocked.slots(), horizon);
  std::vector<double> sd;
  double sum = 1.0;
  for (const double r : response) {
    sd.push_back(core.error * std::sqrt(sum));
    sum += r * r;
  }
  return sd;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Result<Forecast> FittedCes::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, 0));
  StepMoments moments{.mean =
                          path(core_.now, CesGains(core_.parameters), core_.next, request.horizon)};
  moments.sd = request.levels.empty() ? std::vector<double>(request.horizon)
                                      : spread(core_, request.horizon);
  return normal_forecast(moments, core_.scale, request.levels);
}

std::string FittedCes::description() const {
  return fmt::format("CES({})", ces_form_names[static_cast<std::size_t>(core_.form)]);
}

InSample FittedCes::in_sample() const {
  InSample said;
  auto state = initial_;
  ces_forward(y_, state, CesGains(core_.parameters), [&](double error) {
    const double value = y_[said.values.size()];
    said.values.push_back(finite(finite(value - error) * core_.scale));
  });
  return said;
}

// In S the levels of a season are told apart into their mean and what differs from it.
std::vector<Component> FittedCes::components() const {
  if (y_.empty()) return {};
  Component level{.name = "level"};
  Component season{.name = fmt::format("season {}", initial_.slots())};
  Component remainder{.name = "remainder"};
  const CesGains gains(core_.parameters);
  auto state = initial_;
  std::size_t slot = 0;
  for (const double value : y_) {
    const double expected = state.expected(slot);
    const double centre = mean_of(state.level);
    level.values.push_back(finite(centre * core_.scale));
    season.values.push_back(finite((expected - centre) * core_.scale));
    remainder.values.push_back(finite((value - expected) * core_.scale));
    state.absorb(gains, value - expected, slot);
    slot = (slot + 1) % state.slots();
  }
  std::vector<Component> parts{std::move(level)};
  if (initial_.slots() > 1) parts.push_back(std::move(season));
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedCes::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  const CesGains gains(core_.parameters);
  CesCore core = core_;
  auto y = y_;
  for (const double value : values) {
    core.now.absorb(gains, value - core.now.expected(core.next), core.next);
    core.next = (core.next + 1) % core.now.slots();
    if (!y_.empty()) y.push_back(value);
  }
  return std::make_unique<FittedCes>(std::move(core), initial_, std::move(y));
}

Result<std::string> FittedCes::save() const {
  const auto& [form, parameters, now, next, error, scale] = core_;
  return saved_text("ces", {{"form", ces_form_names[static_cast<std::size_t>(form)]},
                            {"alpha0", parameters.alpha0},
                            {"alpha1", parameters.alpha1},
                            {"beta0", parameters.beta0},
                            {"beta1", parameters.beta1},
                            {"level", now.level},
                            {"potential", now.potential},
                            {"season", now.season},
                            {"season_potential", now.season_potential},
                            {"next", next},
                            {"error", error},
                            {"scale", scale}});
}

Result<std::unique_ptr<FittedModel>> FittedCes::load(const nlohmann::json& state) {
  StateReader reader(state);
  CesCore core;
  core.form = static_cast<CesForm>(reader.choice("form", ces_form_names));
  core.parameters = {.alpha0 = reader.number("alpha0"),
                     .alpha1 = reader.number("alpha1"),
                     .beta0 = reader.number("beta0"),
                     .beta1 = reader.number("beta1")};
  core.now = {.level = reader.numbers("level"),
              .potential = reader.numbers("potential"),
              .season = reader.numbers("season"),
              .season_potential = reader.numbers("season_potential")};
  const auto next = reader.integer("next");
  core.error = reader.number("error");
  core.scale = reader.number("scale");
  const auto& now = core.now;
  if (now.level.empty() || now.potential.size() != now.level.size())
    reader.refuse("potential", "as long as the level");
  const std::size_t seasons = core.form == CesForm::full ? now.season.size() : 0;
  if (now.season_potential.size() != seasons)
    reader.refuse("season_potential", "as long as the season of form F");
  if (!now.season.empty() && now.level.size() != 1) reader.refuse("level", "a single number");
  if (next < 0 || std::cmp_greater_equal(next, now.slots())) reader.refuse("next", "a period");
  if (!(core.scale > 0.0)) reader.refuse("scale", "a positive number");
  TRY_DO(reader.result());
  core.next = static_cast<std::size_t>(next);
  return std::make_unique<FittedCes>(std::move(core), CesState<double>{}, std::vector<double>());
}

}  // namespace trainyard::models
