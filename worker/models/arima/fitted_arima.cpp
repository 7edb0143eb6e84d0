#include "worker/models/arima/fitted_arima.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using Columns = std::vector<std::vector<double>>;

class FittedArima final : public FittedModel {
 public:
  FittedArima(ArimaCore core, std::vector<double> y, Columns covariates)
      : core_(std::move(core)), y_(std::move(y)), covariates_(std::move(covariates)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override;
  std::string description() const override {
    return describe(core_.fit.form, core_.covariate_scales.size());
  }
  InSample in_sample() const override;
  std::vector<Component> components() const override;
  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override;
  Result<std::string> save() const override;

 private:
  // x_t'β without the covariates, of the period after `count` observations.
  double constant(std::int64_t count) const {
    return core_.fit.mean + core_.fit.drift * static_cast<double>(count + 1);
  }
  double explained(const Columns& covariates, std::size_t t) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < covariates.size(); ++i)
      sum += core_.fit.covariates[i] * covariates[i][t];
    return sum;
  }
  Columns scaled_columns(std::span<const std::span<const double>> covariates) const;
  double in_units(double value) const { return finite(finite(value) * core_.scale); }

  // Calls visit(t, level, ready): what is expected of observation t beside trend and covariates.
  template <typename Visit>
  void replay(Visit visit) const {
    ArimaFilter filter(core_.fit.form, core_.fit.coefficients);
    for (std::size_t t = 0; t < y_.size(); ++t) {
      const double regression = constant(static_cast<std::int64_t>(t)) + explained(covariates_, t);
      const bool ready = filter.is_ready();
      visit(t, ready ? filter.expected() : y_[t] - regression, ready);
      filter.advance(y_[t] - regression);
    }
  }

  ArimaCore core_;
  std::vector<double> y_;  // empty when loaded
  Columns covariates_;
};

Columns FittedArima::scaled_columns(std::span<const std::span<const double>> covariates) const {
  Columns columns;
  for (std::size_t i = 0; i < covariates.size(); ++i) {
    columns.emplace_back(covariates[i].begin(), covariates[i].end());
    for (double& v : columns.back())
      v = finite(v / core_.covariate_scales[i]);
  }
  return columns;
}

Result<Forecast> FittedArima::forecast(const ForecastRequest& request) const {
  TRY_DO(check_request(request, core_.covariate_scales.size()));
  const auto covariates =
      core_.covariate_scales.empty() ? Columns() : scaled_columns(request.covariates);
  const ArimaFilter filter(core_.fit.form, core_.fit.coefficients, core_.state);
  auto [mean, variance] = filter.outlook(request.horizon);
  StepMoments moments{.mean = std::move(mean), .sd = std::move(variance)};
  for (std::size_t h = 0; h < moments.mean.size(); ++h) {
    const auto period = core_.count + static_cast<std::int64_t>(h);
    moments.mean[h] += constant(period) + explained(covariates, h);
    moments.sd[h] = std::sqrt(moments.sd[h] * core_.fit.variance);
  }
  return normal_forecast(moments, core_.scale, request.levels);
}

InSample FittedArima::in_sample() const {
  InSample said;
  replay([&](std::size_t t, double level, bool ready) {
    if (!ready)
      said.first = t + 1;
    else
      said.values.push_back(
          in_units(level + constant(static_cast<std::int64_t>(t)) + explained(covariates_, t)));
  });
  return said;
}

// The level holds the mean and the ARIMA part; until that can expect anything, all that is left.
std::vector<Component> FittedArima::components() const {
  if (y_.empty()) return {};
  Component level_part{.name = "level"};
  Component trend{.name = "trend"};
  Component remainder{.name = "remainder"};
  std::vector<Component> influences;
  for (std::size_t i = 0; i < covariates_.size(); ++i)
    influences.push_back({.name = fmt::format("covariate {}", i)});
  const auto& fit = core_.fit;
  replay([&](std::size_t t, double level, bool) {
    const double drift = fit.drift * static_cast<double>(t + 1);
    level_part.values.push_back(in_units(level + fit.mean));
    trend.values.push_back(in_units(drift));
    for (std::size_t i = 0; i < influences.size(); ++i)
      influences[i].values.push_back(in_units(fit.covariates[i] * covariates_[i][t]));
    remainder.values.push_back(
        in_units(y_[t] - level - fit.mean - drift - explained(covariates_, t)));
  });
  std::vector<Component> parts{std::move(level_part)};
  if (fit.form.drift) parts.push_back(std::move(trend));
  std::ranges::move(influences, std::back_inserter(parts));
  parts.push_back(std::move(remainder));
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedArima::update(const Series& next) const {
  TRY(const auto values, scaled_next(next, core_.scale));
  const std::size_t known = core_.covariate_scales.size();
  if (known > 0) {
    if (next.y.empty()) return std::make_unique<FittedArima>(core_, y_, covariates_);
    // The same promises as for future values: as many, as long, and finite.
    TRY_DO(check_request(
        {.horizon = static_cast<int>(next.y.size()), .levels = {}, .covariates = next.covariates},
        known));
  }
  const auto columns = known > 0 ? scaled_columns(next.covariates) : Columns();
  ArimaCore core = core_;
  ArimaFilter filter(core.fit.form, core.fit.coefficients, std::move(core.state));
  for (std::size_t t = 0; t < values.size(); ++t, ++core.count)
    filter.advance(values[t] - constant(core.count) - explained(columns, t));
  core.state = filter.state();
  auto y = y_;
  auto covariates = covariates_;
  if (!y.empty()) {
    y.insert(y.end(), values.begin(), values.end());
    for (std::size_t i = 0; i < columns.size(); ++i)
      covariates[i].insert(covariates[i].end(), columns[i].begin(), columns[i].end());
  }
  return std::make_unique<FittedArima>(std::move(core), std::move(y), std::move(covariates));
}

Result<std::string> FittedArima::save() const {
  const auto& [fit, state, count, scale, covariate_scales] = core_;
  const auto& form = fit.form;
  return saved_text("arima",
                    {{"order", {form.p, form.d, form.q}},
                     {"seasonal_order", {form.seasonal_p, form.seasonal_d, form.seasonal_q}},
                     {"season", form.season},
                     {"constants", (form.mean ? 1 : 0) + (form.drift ? 2 : 0)},
                     {"coefficients", fit.coefficients},
                     {"mean", fit.mean},
                     {"drift", fit.drift},
                     {"covariates", fit.covariates},
                     {"covariate_scales", covariate_scales},
                     {"variance", fit.variance},
                     {"past", state.past},
                     {"state", state.mean},
                     {"covariance", state.covariance},
                     {"count", count},
                     {"scale", scale}});
}

// Three orders that an ARIMA model may have.
std::array<int, 3> read_orders(StateReader& reader, std::string_view key) {
  constexpr double order_max = 1000;
  const auto values = reader.numbers(key);
  const auto is_order = [](double v) { return v >= 0 && v <= order_max && v == std::floor(v); };
  if (values.size() != 3 || !std::ranges::all_of(values, is_order)) {
    reader.refuse(key, "three orders");
    return {};
  }
  return {static_cast<int>(values[0]), static_cast<int>(values[1]), static_cast<int>(values[2])};
}

ArimaForm read_form(StateReader& reader) {
  constexpr std::int64_t season_max = 100'000;
  const auto [p, d, q] = read_orders(reader, "order");
  const auto [seasonal_p, seasonal_d, seasonal_q] = read_orders(reader, "seasonal_order");
  const auto season = reader.integer("season");
  if (season < 1 || season > season_max) reader.refuse("season", "periods in a season");
  const auto constants = reader.integer("constants");
  if (constants < 0 || constants > 3) reader.refuse("constants", "0 to 3");
  return {.p = p,
          .d = d,
          .q = q,
          .seasonal_p = seasonal_p,
          .seasonal_d = seasonal_d,
          .seasonal_q = seasonal_q,
          .season = static_cast<int>(season),
          .mean = (constants & 1) != 0,
          .drift = (constants & 2) != 0};
}

}  // namespace

std::unique_ptr<FittedModel> make_fitted_arima(ArimaCore core, std::vector<double> y,
                                               Columns covariates) {
  return std::make_unique<FittedArima>(std::move(core), std::move(y), std::move(covariates));
}

Result<std::unique_ptr<FittedModel>> load_arima(const nlohmann::json& state) {
  StateReader reader(state);
  ArimaCore core;
  auto& fit = core.fit;
  fit.form = read_form(reader);
  fit.coefficients = reader.numbers("coefficients");
  fit.mean = reader.number("mean");
  fit.drift = reader.number("drift");
  fit.covariates = reader.numbers("covariates");
  core.covariate_scales = reader.numbers("covariate_scales");
  fit.variance = reader.number("variance");
  core.state = {.past = reader.numbers("past"),
                .mean = reader.numbers("state"),
                .covariance = reader.numbers("covariance")};
  core.count = reader.count("count");
  core.scale = reader.number("scale");
  TRY_DO(reader.result());

  const auto expect = [&](bool holds, std::string_view key, std::string_view expected) {
    if (!holds) reader.refuse(key, expected);
  };
  const std::size_t size = core.state.mean.size();
  const auto& covariance = core.state.covariance;
  expect(std::cmp_equal(fit.coefficients.size(), fit.form.coefficients()), "coefficients",
         "one per order");
  expect(std::cmp_equal(size, fit.form.state_size()), "state", "as long as the orders reach");
  expect(covariance.empty() || covariance.size() == size * size, "covariance", "a square");
  expect(std::cmp_equal(core.state.past.size(), fit.form.lost()), "past",
         "as long as differences reach");
  expect(fit.covariates.size() == core.covariate_scales.size(), "covariates", "one per scale");
  expect(std::ranges::all_of(core.covariate_scales, [](double v) { return v > 0.0; }),
         "covariate_scales", "positive numbers");
  expect(fit.variance >= 0.0, "variance", "no negative number");
  expect(core.scale > 0.0, "scale", "a positive number");
  TRY_DO(reader.result());
  return make_fitted_arima(std::move(core), {}, {});
}

}  // namespace trainyard::models
