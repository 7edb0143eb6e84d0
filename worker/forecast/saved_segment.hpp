#pragma once

#include "worker/forecast/band_factors.hpp"
#include "worker/forecast/conformal_bands.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/forecast/insight.hpp"
#include "worker/forecast/prepare.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trainyard::forecast {

struct SavedMember {
  std::string model;
  double weight = 1.0;
  BandFactor band = {};
  std::string fit;  // as FittedModel::save() wrote it
};

// A segment's best model as it is kept: everything that later forecasts and updates need.
struct SavedSegment {
  std::string segment;
  std::string model;  // "ets", "ensemble"
  std::string description;
  Combination combination = Combination::mean;  // median, or the mean by the weights
  BandFactor band = {};                         // of the combination
  std::vector<HalfWidths> conformal = {};       // bands in place of those
  std::vector<SavedMember> members;
  std::vector<std::string> covariates;  // in the order in which the models take them
  domain::Frequency frequency;          // what the models were told
  domain::Frequency step;               // between dates
  TimePoint anchor;
  std::int64_t next_step = 0;     // the first period to forecast is anchor + next_step steps
  TimePoint start;                // of the first observation, as the models were told
  std::int64_t observations = 0;  // that the models know
  std::vector<double> levels;     // percent, of the job's intervals
};

struct SavingPlan {
  std::string description = {};            // of the best model
  std::vector<HalfWidths> conformal = {};  // its
  Combination combination = Combination::mean;
  std::vector<std::string> covariates;
  std::vector<double> levels;
};

// nullopt when one of the members cannot be saved.
std::optional<SavedSegment> save_segment(const PreparedSeries& series, const Insight& insight,
                                         const std::string& best_model, const SavingPlan& plan);

// A saved segment at work. Forecasts what the job forecast, to the last bit, and can go on from
// later observations without being fitted anew. Immutable.
class LoadedSegment {
 public:
  // Errors: those of load_model, naming the member.
  static Result<LoadedSegment> load(SavedSegment saved);

  Result<models::Forecast> forecast(const models::ForecastRequest& request) const;
  // The dates that forecast() is of.
  std::vector<TimePoint> dates(int horizon) const;
  // After the observations of the next periods, with their covariates. Errors: those of
  // FittedModel::update, and values that are not finite.
  Result<LoadedSegment> update(std::span<const double> next,
                               std::span<const std::span<const double>> covariates = {}) const;
  const SavedSegment& saved() const { return saved_; }

 private:
  using Fitted = std::shared_ptr<const models::FittedModel>;
  LoadedSegment(SavedSegment saved, std::vector<Fitted> fits)
      : saved_(std::move(saved)), fits_(std::move(fits)) {}

  SavedSegment saved_;
  std::vector<Fitted> fits_;  // one per member
};

}  // namespace trainyard::forecast
