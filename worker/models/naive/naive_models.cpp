#include "worker/models/naive/naive_models.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

struct RandomWalk {
  std::size_t lag = 1;
  double drift = 0.0;      // expected change from one period to the next
  double estimated = 0.0;  // parameters taken from the data
};

// Standard deviation of the one-step errors y[t] − y[t − lag] − drift.
double walk_error(std::span<const double> y, const RandomWalk& walk) {
  double sum = 0.0;
  for (std::size_t t = walk.lag; t < y.size(); ++t) {
    const double e = y[t] - y[t - walk.lag] - walk.drift;
    sum += e * e;
  }
  return std::sqrt(sum / (static_cast<double>(y.size() - walk.lag) - walk.estimated));
}

class RepeatedSeason final : public FittedModel {
 public:
  RepeatedSeason(const ScaledSeries& series, std::size_t season)
      : last_(series.y.end() - static_cast<std::ptrdiff_t>(season), series.y.end()),
        error_(walk_error(series.y, {.lag = season})),
        scale_(series.scale) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    StepMoments moments;
    const std::size_t m = last_.size();
    for (std::size_t h = 0; std::cmp_less(h, request.horizon); ++h) {
      moments.mean.push_back(last_[h % m]);
      moments.sd.push_back(error_ * std::sqrt(static_cast<double>(h / m + 1)));
    }
    return normal_forecast(moments, scale_, request.levels);
  }

  std::string description() const override {
    return last_.size() == 1 ? "Naive" : fmt::format("SeasonalNaive[{}]", last_.size());
  }

 private:
  std::vector<double> last_;
  double error_;
  double scale_;
};

class StraightLine final : public FittedModel {
 public:
  explicit StraightLine(const ScaledSeries& series)
      : last_(series.y.back()),
        length_(static_cast<double>(series.y.size())),
        slope_((series.y.back() - series.y.front()) / (length_ - 1.0)),
        error_(walk_error(series.y, {.drift = slope_, .estimated = 1.0})),
        scale_(series.scale) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    StepMoments moments;
    for (int step = 1; step <= request.horizon; ++step) {
      const double h = step;
      moments.mean.push_back(last_ + h * slope_);
      moments.sd.push_back(error_ * std::sqrt(h * (1.0 + h / (length_ - 1.0))));
    }
    return normal_forecast(moments, scale_, request.levels);
  }

  std::string description() const override { return "Drift"; }

 private:
  double last_;
  double length_;
  double slope_;
  double error_;
  double scale_;
};

enum class Kind { naive, seasonal_naive, drift };

class NaiveModel final : public Model {
 public:
  explicit NaiveModel(Kind kind) : kind_(kind) {}

  std::string_view name() const override {
    switch (kind_) {
      case Kind::naive:
        return "naive";
      case Kind::seasonal_naive:
        return "seasonal_naive";
      case Kind::drift:
        return "drift";
    }
    return "";
  }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    const std::size_t season =
        kind_ == Kind::seasonal_naive ? std::max<std::size_t>(1, series.season_length) : 1;
    const std::size_t need = kind_ == Kind::drift ? 3 : season + 1;
    TRY(const auto data, scaled(series, {.model = name(), .observations = need}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (kind_ == Kind::drift) return std::make_unique<StraightLine>(data);
    return std::make_unique<RepeatedSeason>(data, season);
  }

 private:
  Kind kind_;
};

}  // namespace

std::unique_ptr<Model> make_naive() {
  return std::make_unique<NaiveModel>(Kind::naive);
}
std::unique_ptr<Model> make_seasonal_naive() {
  return std::make_unique<NaiveModel>(Kind::seasonal_naive);
}
std::unique_ptr<Model> make_drift() {
  return std::make_unique<NaiveModel>(Kind::drift);
}

}  // namespace trainyard::models
