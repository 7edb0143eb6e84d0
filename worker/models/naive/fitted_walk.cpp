#include "worker/models/naive/fitted_walk.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trainyard::models {
namespace {

class FittedWalk final : public FittedModel {
 public:
  FittedWalk(Walk walk, std::vector<double> y) : walk_(std::move(walk)), y_(std::move(y)) {}

  Result<Forecast> forecast(const ForecastRequest& request) const override {
    TRY_DO(check_request(request, 0));
    StepMoments moments;
    for (std::size_t h = 0; std::cmp_less(h, request.horizon); ++h) {
      const auto steps = static_cast<double>(h / lag() + 1);  // of the walk
      double variance = steps;
      if (walk_.drift_periods > 0.0) variance *= 1.0 + steps / walk_.drift_periods;
      const double sd = walk_.error * std::sqrt(variance);
      moments.mean.push_back(seasonal(walk_.last[h % lag()] + steps * walk_.drift, index(h)));
      moments.sd.push_back(is_ratio() ? sd * index(h) : sd);
    }
    return normal_forecast(moments, walk_.scale, request.levels);
  }

  std::string description() const override {
    if (walk_.model == "drift") return "Drift";
    if (walk_.model == "naive2") {
      if (walk_.indices.empty()) return "Naive2";
      return fmt::format("Naive2 with {} season of {}", is_ratio() ? "multiplicative" : "additive",
                         walk_.indices.size());
    }
    return lag() == 1 ? "Naive" : fmt::format("SeasonalNaive[{}]", lag());
  }

  InSample in_sample() const override {
    InSample result{.first = lag()};
    for (std::size_t t = lag(); t < y_.size(); ++t)
      result.values.push_back(finite(expected(t) * walk_.scale));
    return result;
  }

  std::vector<Component> components() const override {
    if (y_.empty()) return {};
    std::vector<Component> parts{{.name = "level"}};
    if (walk_.drift_periods > 0.0)
      parts.push_back({.name = "trend", .values = std::vector(y_.size(), in_units(walk_.drift))});
    if (lag() > 1) {
      parts.push_back({.name = fmt::format("season {}", lag())});
    } else if (!walk_.indices.empty()) {
      parts.push_back({.name = fmt::format("season {}", walk_.indices.size()),
                       .effect = is_ratio() ? Effect::multiplicative : Effect::additive});
    }
    Component remainder{.name = "remainder"};
    for (std::size_t t = 0; t < y_.size(); ++t) {
      const double level = level_before(t);
      parts.front().values.push_back(in_units(level));
      if (lag() > 1) {
        parts.back().values.push_back(in_units(expected(t) - level));
      } else if (!walk_.indices.empty()) {
        parts.back().values.push_back(is_ratio() ? past_index(t) : in_units(past_index(t)));
      }
      remainder.values.push_back(in_units(y_[t] - expected(t)));
    }
    parts.push_back(std::move(remainder));
    return parts;
  }

  Result<std::unique_ptr<FittedModel>> update(const Series& next) const override {
    TRY(const auto values, scaled_next(next, walk_.scale));
    Walk walk = walk_;
    for (std::size_t t = 0; t < values.size(); ++t)
      walk.last.push_back(unseasonal(values[t], index(t)));
    walk.last.erase(walk.last.begin(), walk.last.end() - static_cast<std::ptrdiff_t>(lag()));
    if (!walk.indices.empty())
      std::ranges::rotate(walk.indices, walk.indices.begin() +
                                            static_cast<std::ptrdiff_t>(values.size() % season()));
    std::vector<double> y = y_;
    if (!y.empty()) y.insert(y.end(), values.begin(), values.end());
    return std::make_unique<FittedWalk>(std::move(walk), std::move(y));
  }

  Result<std::string> save() const override {
    return saved_text(walk_.model, {{"last", walk_.last},
                                    {"drift", walk_.drift},
                                    {"drift_periods", walk_.drift_periods},
                                    {"error", walk_.error},
                                    {"scale", walk_.scale},
                                    {"indices", walk_.indices},
                                    {"composition", is_ratio() ? "multiplicative" : "additive"}});
  }

 private:
  std::size_t lag() const { return walk_.last.size(); }
  std::size_t season() const { return std::max<std::size_t>(1, walk_.indices.size()); }
  bool is_ratio() const { return walk_.composition == Composition::multiplicative; }
  double in_units(double value) const { return finite(value * walk_.scale); }

  // `ahead` is 0 for the next period.
  double index(std::size_t ahead) const {
    if (walk_.indices.empty()) return is_ratio() ? 1.0 : 0.0;
    return walk_.indices[ahead % season()];
  }
  // Of observation t: the indices repeat, so it is that of some period ahead.
  double past_index(std::size_t t) const { return index(t + season() - y_.size() % season()); }
  double seasonal(double value, double index) const {
    return is_ratio() ? value * index : value + index;
  }
  double unseasonal(double value, double index) const {
    return is_ratio() ? value / index : value - index;
  }

  // Of observation t, from those before it; an observation that has none is its own.
  double expected(std::size_t t) const {
    if (t < lag()) return y_[t];
    if (lag() > 1) return y_[t - lag()];
    return seasonal(unseasonal(y_[t - 1], past_index(t - 1)) + walk_.drift, past_index(t));
  }

  // The walk's value before observation t; of a walk of seasons their mean.
  double level_before(std::size_t t) const {
    if (lag() == 1) return unseasonal(expected(t), past_index(t)) - walk_.drift;
    const auto from = y_.begin() + static_cast<std::ptrdiff_t>(t < lag() ? 0 : t - lag());
    return std::accumulate(from, from + static_cast<std::ptrdiff_t>(lag()), 0.0) /
           static_cast<double>(lag());
  }

  Walk walk_;
  std::vector<double> y_;  // empty when loaded
};

}  // namespace

std::unique_ptr<FittedModel> make_fitted_walk(Walk walk, std::vector<double> y) {
  return std::make_unique<FittedWalk>(std::move(walk), std::move(y));
}

Result<std::unique_ptr<FittedModel>> load_walk(std::string_view model,
                                               const nlohmann::json& state) {
  StateReader reader(state);
  Walk walk{.model = model,
            .last = reader.numbers("last"),
            .drift = reader.number("drift"),
            .drift_periods = reader.number("drift_periods"),
            .error = reader.number("error"),
            .scale = reader.number("scale"),
            .indices = reader.numbers("indices"),
            .composition = reader.text("composition") == "multiplicative"
                               ? Composition::multiplicative
                               : Composition::additive};
  const bool has_zero = std::ranges::any_of(walk.indices, [](double v) { return !(v > 0.0); });
  if (walk.composition == Composition::multiplicative && has_zero)
    reader.refuse("indices", "positive numbers");
  TRY_DO(reader.result());
  if (walk.last.empty() || !(walk.scale > 0.0))
    return fail({.code = Errc::invalid_argument,
                 .detail = "the saved model needs a last value and a positive scale",
                 .field = "state"});
  return make_fitted_walk(std::move(walk), {});
}

}  // namespace trainyard::models
