#pragma once

#include "worker/forecast/fit.hpp"

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace trainyard::forecast {

// The last value, for ever, give or take one.
struct FakeFitted : models::FittedModel {
  FakeFitted(double v, std::string d) : value(v), text(std::move(d)) {}
  Result<models::Forecast> forecast(const models::ForecastRequest& request) const override {
    const auto steps = static_cast<std::size_t>(request.horizon);
    models::Forecast forecast{.mean = std::vector<double>(steps, value)};
    for (const double level : request.levels) {
      forecast.intervals.push_back({.level = level,
                                    .lower = std::vector<double>(steps, value - 1),
                                    .upper = std::vector<double>(steps, value + 1)});
    }
    return forecast;
  }
  std::string description() const override { return text; }
  Result<std::unique_ptr<models::FittedModel>> update(const models::Series& next) const override {
    return std::make_unique<FakeFitted>(next.y.back(), text);
  }
  Result<std::string> save() const override { return "{}"; }

  double value;
  std::string text;
};

// "last" repeats the last value, "zero" says 0, "failing" refuses, "throwing" throws, "patient"
// refuses fewer than six values, "broken" answers NaN, "stopping" reports a stop. Counts the fits
// it makes.
class FakeModels {
 public:
  ModelSource source() {
    return [this](std::string_view name) -> std::unique_ptr<models::Model> {
      return std::make_unique<Fake>(*this, std::string(name));
    };
  }

  int fits = 0;

 private:
  struct Fake : models::Model {
    Fake(FakeModels& o, std::string n) : owner(o), called(std::move(n)) {}
    std::string_view name() const override { return called; }
    Result<std::unique_ptr<models::FittedModel>> fit(const models::Series& series,
                                                     const models::FitContext&) const override {
      ++owner.fits;
      if (called == "failing") {
        return fail(Error{.code = Errc::invalid_argument,
                          .detail = "failing needs 1000 observations",
                          .category = Category::data});
      }
      if (called == "patient" && series.y.size() < 6) {
        return fail(Error{.code = Errc::invalid_argument,
                          .detail = "patient needs 6 observations",
                          .category = Category::data});
      }
      if (called == "throwing") throw std::runtime_error("surprise");
      if (called == "stopping") return fail(Errc::cancelled, "stopped");
      double value = called == "zero" ? 0 : series.y.back();
      if (called == "broken") value = std::numeric_limits<double>::quiet_NaN();
      return std::make_unique<FakeFitted>(value, called + " of " + std::to_string(series.y.size()));
    }
    FakeModels& owner;
    std::string called;
  };
};

class MemoryFitCache : public FitCache {
 public:
  std::optional<FitOutcome> find(std::string_view key) override {
    const auto found = fits_.find(std::string(key));
    if (found == fits_.end()) return std::nullopt;
    return found->second;
  }
  void store(std::string_view key, const FitOutcome& outcome) override {
    fits_[std::string(key)] = outcome;
  }

 private:
  std::map<std::string, FitOutcome> fits_;
};

}  // namespace trainyard::forecast
