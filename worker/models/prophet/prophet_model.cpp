#include "worker/models/prophet/prophet_model.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/prophet/prophet_curve.hpp"
#include "worker/models/prophet/prophet_fit.hpp"
#include "worker/models/prophet/prophet_state.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::models {
namespace {

constexpr std::string_view model_name = "prophet";

// What components are made of; empty in a loaded model.
struct History {
  std::vector<double> y;
  std::vector<std::vector<double>> covariates;

  void append(const Series& series) {
    y.insert(y.end(), series.y.begin(), series.y.end());
    covariates.resize(series.covariates.size());
    for (std::size_t i = 0; i < covariates.size(); ++i)
      covariates[i].insert(covariates[i].end(), series.covariates[i].begin(),
                           series.covariates[i].end());
  }
};

class FittedProphet final : public FittedModel {
 public:
  FittedProphet(ProphetState state, History history)
      : state_(std::move(state)), history_(std::move(history)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, state_.covariates()));
    const auto horizon = static_cast<std::size_t>(request.horizon);
    const auto& clock = state_.form.clock;
    const auto times = clock.times(state_.observations, horizon);
    std::vector<std::span<const double>> covariates;
    for (std::size_t i = 0; i < state_.covariates(); ++i)
      covariates.push_back(request.covariates[i].first(horizon));
    const auto curve = make_curve(state_.form, state_.parameters, times, covariates);
    const auto last = clock.times(state_.observations - 1, 1).front();
    return make_forecast(state_.form, state_.parameters, curve, clock.scaled(times),
                         {.levels = request.levels,
                          .last = clock.scaled(last),
                          .samples = state_.samples,
                          .seed = state_.seed,
                          .stop = request.stop});
  }

  std::string description() const override {
    constexpr std::array growths{"linear", "logistic", "flat"};
    const auto& [clock, units, trend, groups] = state_.form;
    auto text = fmt::format("Prophet({}", growths[static_cast<std::size_t>(trend.growth)]);
    if (!trend.changepoints.empty())
      text += fmt::format(", {} changepoints", trend.changepoints.size());
    for (const auto& group : groups) {
      text += ", " + group.name;
      if (const auto* fourier = std::get_if<FourierColumns>(&group.kind))
        text += fmt::format(" {}", fourier->order);
      if (group.effect == Effect::multiplicative) text += " multiplicative";
    }
    return text + ')';
  }

  // There is no state but the calendar, so what it would have said one period before is what it
  // says.
  InSample in_sample() const override {
    if (history_.y.empty()) return {};
    return {.values = expected_values(state_.form, fitted_curve())};
  }

  std::vector<Component> components() const override {
    if (history_.y.empty()) return {};
    return make_components(state_.form, fitted_curve(), history_.y);
  }

  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override {
    TRY_DO(scaled(next, {.model = model_name, .observations = 1}));
    const auto start = state_.form.clock.times(state_.observations, 1).front();
    if (next.start != start)
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("the new observations start at {}, expected {}, the "
                                         "period after the last",
                                         to_iso8601(next.start), to_iso8601(start)),
                   .field = "start"});
    if (next.covariates.size() != state_.covariates())
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("expected {} covariates, as the model was fitted with; "
                                         "the new observations have {}",
                                         state_.covariates(), next.covariates.size()),
                   .field = "covariates"});
    auto state = state_;
    state.observations += next.y.size();
    auto history = history_;
    if (!history.y.empty()) history.append(next);
    return std::make_unique<FittedProphet>(std::move(state), std::move(history));
  }

  Result<std::string> save() const override { return saved_text(model_name, to_json(state_)); }

 private:
  ProphetCurve fitted_curve() const {
    const std::vector<std::span<const double>> covariates(history_.covariates.begin(),
                                                          history_.covariates.end());
    return make_curve(state_.form, state_.parameters, state_.form.clock.times(0, history_.y.size()),
                      covariates);
  }

  ProphetState state_;
  History history_;
};

// Maximum a posteriori; a constant is what it is, as in Prophet, whose posterior would have no
// bound.
Result<ProphetParameters> fit_parameters(const ProphetPlan& plan, const Series& series,
                                         double changepoint_prior_scale,
                                         const std::stop_token& stop) {
  const auto& form = plan.form;
  std::vector<double> y;
  for (const double value : series.y)
    y.push_back(form.units.value(value));
  if (is_constant(y) && form.trend.growth != Growth::logistic)
    return ProphetParameters{.m = y.front(),
                             .beta = std::vector(plan.prior_scales.size(), 0.0),
                             .delta = std::vector(form.trend.changepoints.size(), 0.0),
                             .sigma = 1e-9};

  const auto times = form.clock.times(0, y.size(), stop);
  if (stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
  const auto features = make_features(form.groups, times, series.covariates, stop);
  std::vector<Effect> effects;
  for (const auto& group : form.groups)
    effects.insert(effects.end(), group.columns(), group.effect);
  auto parameters = maximise_posterior({.t = form.clock.scaled(times),
                                        .y = y,
                                        .trend = form.trend,
                                        .features = features,
                                        .effects = effects,
                                        .prior_scales = plan.prior_scales,
                                        .changepoint_prior_scale = changepoint_prior_scale},
                                       stop);
  if (!parameters) return fail(Errc::cancelled, "stopped on request");
  return *std::move(parameters);
}

class Prophet final : public Model {
 public:
  std::string_view name() const override { return model_name; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY(const auto options, read_prophet_options(context.hyperparameters));
    TRY_DO(scaled(series, {.model = model_name, .observations = 2}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    TRY(auto plan, plan_prophet(series, options, context.stop));
    TRY(auto parameters,
        fit_parameters(plan, series, options.changepoint_prior_scale, context.stop));
    History history;
    history.append(series);
    return std::make_unique<FittedProphet>(ProphetState{.form = std::move(plan.form),
                                                        .parameters = std::move(parameters),
                                                        .observations = series.y.size(),
                                                        .samples = options.uncertainty_samples,
                                                        .seed = context.seed},
                                           std::move(history));
  }
};

}  // namespace

std::unique_ptr<Model> make_prophet() {
  return std::make_unique<Prophet>();
}

Result<std::unique_ptr<FittedModel>> load_prophet(const nlohmann::json& state) {
  TRY(auto read, prophet_from_json(state));
  return std::make_unique<FittedProphet>(std::move(read), History{});
}

}  // namespace trainyard::models
