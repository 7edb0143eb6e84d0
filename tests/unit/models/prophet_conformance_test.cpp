#include "worker/models/prophet/prophet_curve.hpp"
#include "worker/models/prophet/prophet_fit.hpp"
#include "worker/models/registry.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>

// Against Prophet 1.5.0 on its own examples: tests/golden/prophet_cases.json, and any more files of
// that form (the script beside it writes them) that TRAINYARD_TEST_PROPHET_CASES names, separated
// by colons.

namespace trainyard::models {
namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::sys_days;

// One case: its data and what Prophet says of them.
struct Published {
  std::string name;
  json said;
  std::vector<TimePoint> times;
  std::vector<double> y;
  std::vector<double> covariate;  // as long as the future is known; empty for none
  domain::Frequency frequency;

  double log_density() const { return said["log_density"]; }
  double y_scale() const { return said["y_scale"]; }
  std::string settings() const { return said["settings"].dump(); }

  ProphetParameters parameters() const {
    ProphetParameters result{.k = said["k"][0],
                             .m = said["m"][0],
                             .beta = said["beta"],
                             .delta = said["delta"],
                             .sigma = said["sigma_obs"][0]};
    if (said["settings"].value("growth", "linear") == "flat") result.delta.clear();
    return result;
  }

  bool is_regular() const {
    for (std::size_t i = 0; i < times.size(); ++i)
      if (domain::advance(times[0], frequency, static_cast<std::int64_t>(i)) != times[i])
        return false;
    return true;
  }

  Series series() const {
    Series result{.y = y, .start = times.front(), .frequency = frequency};
    if (!covariate.empty()) result.covariates = {std::span(covariate).first(y.size())};
    return result;
  }
};

TimePoint date(const json& text) {
  return from_iso8601(text.get<std::string>() + "T00:00:00Z").value();
}

void read(const std::string& path, std::vector<Published>& all) {
  const auto document = json::parse(std::ifstream(path));
  for (const json& said : document["cases"]) {
    const json& data = document["series"][said["series"].get<std::string>()];
    const std::size_t count = said["observations"];
    Published one{.name = said["case"], .said = said};
    one.frequency = domain::parse_frequency(said["frequency"].get<std::string>()).value();
    if (data.contains("covariate")) one.covariate = data["covariate"].get<std::vector<double>>();
    for (std::size_t i = 0; i < count; ++i) {
      one.times.push_back(sys_days(days(data["days"][i].get<int>())));
      one.y.push_back(data["y"][i]);
    }
    all.push_back(std::move(one));
  }
}

const std::vector<Published>& cases() {
  static const auto all = [] {
    std::vector<Published> read_cases;
    read(TRAINYARD_SOURCE_DIR "/tests/golden/prophet_cases.json", read_cases);
    if (const char* more = std::getenv("TRAINYARD_TEST_PROPHET_CASES")) {
      std::stringstream paths(more);
      for (std::string path; std::getline(paths, path, ':');)
        read(path, read_cases);
    }
    return read_cases;
  }();
  return all;
}

// The problem that Prophet solved. Days without observation, which a Series does not have, are
// filled to choose the form, and left out of the data.
class PublishedProblem {
 public:
  explicit PublishedProblem(const Published& one) : one_(one) {
    Series series = one.series();
    std::vector<double> filled;
    if (!one.is_regular()) {
      for (auto time = one.times.front(); time <= one.times.back(); time += days(1))
        filled.push_back(one.y[std::ranges::lower_bound(one.times, time) - one.times.begin()]);
      series.y = filled;
    }
    options_ = read_prophet_options(one.settings()).value();
    auto plan = plan_prophet(series, options_, {}).value();
    form = std::move(plan.form);
    prior_scales_ = std::move(plan.prior_scales);
    if (!one.is_regular()) {
      form.trend.changepoints.clear();
      for (const json& changepoint : one.said["changepoints"])
        form.trend.changepoints.push_back(form.clock.scaled(date(changepoint)));
    }
    t_ = form.clock.scaled(one.times);
    for (const double value : one.y)
      y_.push_back(form.units.value(value));
    features_ = make_features(form.groups, one.times, covariates());
    for (const auto& group : form.groups)
      effects_.insert(effects_.end(), group.columns(), group.effect);
  }

  ProphetProblem view() const {
    return {.t = t_,
            .y = y_,
            .trend = form.trend,
            .features = features_,
            .effects = effects_,
            .prior_scales = prior_scales_,
            .changepoint_prior_scale = options_.changepoint_prior_scale};
  }

  std::vector<std::span<const double>> covariates() const { return one_.series().covariates; }

  ProphetForm form;

 private:
  const Published& one_;
  ProphetOptions options_;
  std::vector<double> t_;
  std::vector<double> y_;
  FeatureMatrix features_;
  std::vector<Effect> effects_;
  std::vector<double> prior_scales_;
};

// The largest distance over the case's rows and parts, in units of the data's scale.
double component_distance(const Published& one, const PublishedProblem& problem,
                          const ProphetParameters& parameters) {
  const auto curve = make_curve(problem.form, parameters, one.times, problem.covariates());
  const auto& said = one.said["components"];
  const auto expected = expected_values(problem.form, curve);
  double most = 0.0;
  for (std::size_t i = 0; i < one.said["rows"].size(); ++i) {
    const std::size_t row = one.said["rows"][i];
    const auto distance = [&](const std::string& part, double ours, double unit) {
      most = std::max(most, std::abs(ours - said[part][i].get<double>()) / unit);
    };
    const double trend = trend_value(problem.form.trend, curve.path[row]);
    distance("trend", problem.form.units.data(trend), one.y_scale());
    distance("yhat", expected[row], one.y_scale());
    for (std::size_t group = 0; group < problem.form.groups.size(); ++group) {
      const auto& [name, effect, kind] = problem.form.groups[group];
      const double unit = effect == Effect::multiplicative ? 1.0 : one.y_scale();
      distance(name, curve.effects[group][row] * unit, unit);
    }
  }
  return most;
}

// Stan stops when its steps gain little. Where that was far from the maximum, its components and
// forecasts are no measure.
bool stan_reached_the_maximum(const Published& one) {
  const PublishedProblem problem(one);
  const auto most = maximise_posterior(problem.view(), {});
  return log_posterior(problem.view(), most.value()) <
         one.log_density() + 0.01 * std::abs(one.log_density());
}

TEST(ProphetConformance, ChoosesProphetsChangepointsAndSeasonalities) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    const PublishedProblem problem(one);
    const auto& changepoints = problem.form.trend.changepoints;
    if (one.said["settings"].value("growth", "linear") != "flat") {
      ASSERT_EQ(changepoints.size(), one.said["changepoints"].size());
      for (std::size_t i = 0; i < changepoints.size(); ++i)
        EXPECT_EQ(changepoints[i], problem.form.clock.scaled(date(one.said["changepoints"][i])));
    }
    std::size_t seasons = 0;
    for (const auto& group : problem.form.groups)
      if (const auto* fourier = std::get_if<FourierColumns>(&group.kind)) {
        ++seasons;
        const auto& said = one.said["seasonalities"][group.name.substr(7)];
        EXPECT_EQ(fourier->period, said[0]);
        EXPECT_EQ(fourier->order, said[1]);
      }
    EXPECT_EQ(seasons, one.said["seasonalities"].size());
  }
}

TEST(ProphetConformance, GivesProphetsParametersTheDensityThatStanGivesThem) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    const PublishedProblem problem(one);
    EXPECT_NEAR(log_posterior(problem.view(), one.parameters()), one.log_density(),
                1e-6 * std::abs(one.log_density()));
    EXPECT_LT(component_distance(one, problem, one.parameters()), 1e-6);
  }
}

TEST(ProphetConformance, FindsParametersAtLeastAsDenseWithTheSameComponents) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.name);
    const PublishedProblem problem(one);
    const auto ours = maximise_posterior(problem.view(), {});
    ASSERT_TRUE(ours);
    const double gain = log_posterior(problem.view(), *ours) - one.log_density();
    EXPECT_GT(gain, -1e-6 * std::abs(one.log_density()));
    if (stan_reached_the_maximum(one)) EXPECT_LT(component_distance(one, problem, *ours), 0.01);
  }
}

TEST(ProphetConformance, ForecastsAsProphetWithItsBands) {
  constexpr std::array levels{80.0};
  for (const auto& one : cases()) {
    if (!one.is_regular() || !stan_reached_the_maximum(one)) continue;
    SCOPED_TRACE(one.name);
    const auto settings = one.settings();
    const auto fitted = make_model("prophet")->fit(one.series(), {.hyperparameters = settings});
    ASSERT_TRUE(fitted) << describe(fitted.error());
    const auto& said = one.said["forecast"];
    ForecastRequest request{.horizon = static_cast<int>(said["yhat"].size()), .levels = levels};
    if (!one.covariate.empty())
      request.covariates = {std::span(one.covariate).subspan(one.y.size(), said["yhat"].size())};
    const auto forecast = (*fitted)->forecast(request);
    ASSERT_TRUE(forecast) << describe(forecast.error());
    double distance = 0.0;
    double width = 0.0;
    double said_width = 0.0;
    for (std::size_t h = 0; h < forecast->mean.size(); ++h) {
      distance = std::max(distance, std::abs(forecast->mean[h] - said["yhat"][h].get<double>()));
      width += forecast->intervals[0].upper[h] - forecast->intervals[0].lower[h];
      said_width += said["yhat_upper"][h].get<double>() - said["yhat_lower"][h].get<double>();
    }
    EXPECT_LT(distance / one.y_scale(), 0.02);
    EXPECT_NEAR(width / said_width, 1.0, 0.1);
  }
}

}  // namespace
}  // namespace trainyard::models
