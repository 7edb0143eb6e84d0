#include "worker/models/intermittent/fitted_demand.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

namespace trainyard::models {

Result<Forecast> FittedDemand::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, 0));
  const auto& [parameters, now, variance, scale] = core_;
  const double probability = demand_probability(parameters, now);
  // Each demand on the way moves the size by α times its error.
  const double drift = probability * parameters.alpha * parameters.alpha * variance;
  std::vector<DemandStep> steps;
  for (int h = 0; h < request.horizon; ++h)
    steps.push_back(
        {.probability = probability, .size = now.size, .variance = variance + h * drift});
  return demand_forecast(steps, scale, request.levels);
}

std::string FittedDemand::description() const {
  constexpr std::array<std::string_view, 3> names{"Croston", "SBA", "TSB"};
  return std::string(names[static_cast<std::size_t>(core_.parameters.kind)]);
}

std::vector<double> FittedDemand::rates() const {
  std::vector<double> all;
  DemandState state;
  for (const double value : y_) {
    all.push_back(finite(demand_rate(core_.parameters, state) * core_.scale));
    observe(core_.parameters, state, value);
  }
  return all;
}

InSample FittedDemand::in_sample() const {
  if (y_.empty()) return {};
  InSample said{.first = 1, .values = rates()};
  said.values.erase(said.values.begin());
  return said;
}

std::vector<Component> FittedDemand::components() const {
  if (y_.empty()) return {};
  Component level{.name = "level", .values = rates()};
  level.values.front() = finite(y_.front() * core_.scale);  // before it nothing was expected
  Component remainder{.name = "remainder"};
  for (std::size_t t = 0; t < y_.size(); ++t)
    remainder.values.push_back(finite(y_[t] * core_.scale - level.values[t]));
  return {std::move(level), std::move(remainder)};
}

Result<std::unique_ptr<FittedModel>> FittedDemand::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  const auto model = demand_model_names[static_cast<std::size_t>(core_.parameters.kind)];
  TRY_DO(check_demand(next.y, model));
  DemandCore core = core_;
  auto y = y_;
  for (const double value : values) {
    observe(core.parameters, core.now, value);
    if (!y_.empty()) y.push_back(value);
  }
  return std::make_unique<FittedDemand>(core, std::move(y));
}

Result<std::string> FittedDemand::save() const {
  const auto& [parameters, now, variance, scale] = core_;
  return saved_text(demand_model_names[static_cast<std::size_t>(parameters.kind)],
                    {{"alpha", parameters.alpha},
                     {"beta", parameters.beta},
                     {"size", now.size},
                     {"interval", now.interval},
                     {"probability", now.probability},
                     {"since", now.since},
                     {"periods", now.periods},
                     {"variance", variance},
                     {"scale", scale}});
}

Result<std::unique_ptr<FittedModel>> FittedDemand::load(DemandKind kind,
                                                        const nlohmann::json& state) {
  StateReader reader(state);
  DemandCore core;
  core.parameters = {.kind = kind, .alpha = reader.number("alpha"), .beta = reader.number("beta")};
  core.now = {.size = reader.number("size"),
              .interval = reader.number("interval"),
              .probability = reader.number("probability"),
              .since = reader.count("since"),
              .periods = reader.count("periods")};
  core.variance = reader.number("variance");
  core.scale = reader.number("scale");
  const double probability = demand_probability(core.parameters, core.now);
  if (!(probability >= 0.0 && probability <= 1.0)) reader.refuse("probability", "from 0 to 1");
  if (core.now.since < 1) reader.refuse("since", "a number of periods");
  if (!(core.scale > 0.0)) reader.refuse("scale", "a positive number");
  TRY_DO(reader.result());
  return std::make_unique<FittedDemand>(core, std::vector<double>());
}

}  // namespace trainyard::models
