#pragma once

#include "worker/forecast/backtest.hpp"
#include "worker/forecast/fits_ahead.hpp"
#include "worker/forecast/forecast_segment.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trainyard::forecast {

// One series' run: fits every (model, window) once, whoever asks for it. With several threads they
// are fitted ahead of it, as many at a time; the outcome is the same.
class SegmentRun {
 public:
  SegmentRun(const PreparedSeries& series, const SegmentPlan& plan, Fitter& fitter,
             const SegmentEvents& events);

  // Backtest and forecast of one model. The one error is cancelled.
  Result<ModelOutcome> run(const std::string& model);

  // The fits behind the forecast of a model that run() completed: its own, or the ensemble's.
  std::vector<FittedMember> members(const std::string& model) const;

  int windows() const { return static_cast<int>(windows_.size()); }

 private:
  void fit_ahead();
  Result<FitOutcome> fit_one(const std::string& model, int window);
  Result<FitOutcome> fit_now(const std::string& model, int window) const;
  Result<FitOutcome> combine(int window);
  std::vector<double> weights(std::span<const std::string> names, int window) const;
  std::vector<double> weights_by_errors(std::span<const std::string> names, int window) const;
  std::vector<std::optional<double>> errors(std::span<const std::string> names, int window) const;
  FoldOutcome tested(const Window& window, const Result<FitOutcome>& fit, ScoreSum& sum) const;
  std::span<const double> tested_part(const Window& window) const;
  void add_window(ScoreSum& sum, const Window& window, const models::Forecast& forecast) const;
  const Window& window_of(int window) const;

  const PreparedSeries& series_;
  const SegmentPlan& plan_;
  Fitter& fitter_;
  const SegmentEvents& events_;
  std::vector<Window> windows_;
  Window whole_;
  using Key = std::pair<std::string, int>;  // window 0: the whole history
  std::map<Key, Result<FitOutcome>> fits_;
  std::map<Key, std::size_t> ahead_numbers_;
  std::optional<FitsAhead> ahead_;  // last: its threads use the rest
};

}  // namespace trainyard::forecast
