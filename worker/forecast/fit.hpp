#pragma once

#include "worker/forecast/backtest.hpp"
#include "worker/forecast/fit_cache.hpp"
#include "worker/forecast/panel.hpp"
#include "worker/forecast/prepare.hpp"
#include "worker/models/fit_checkpoint.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace trainyard::forecast {

// nullptr for a name it does not know.
using ModelSource = std::function<std::unique_ptr<models::Model>(std::string_view)>;

// Where a fit of this key keeps what it has so far; `fit` names it for people. Thread-safe.
using CheckpointSource =
    std::function<std::unique_ptr<models::FitCheckpoint>(const std::string& key, std::string fit)>;

// What all fits of a job share.
struct FitSettings {
  std::vector<double> levels{95.0};
  std::uint64_t seed = 42;
  int threads = 1;  // fits of a segment at a time; what they say does not depend on it
  std::map<std::string, std::string> hyperparameters = {};  // model -> JSON object
};

// Fits `model` on a window's training part and forecasts the `horizon` values it tests; a fit to
// the whole history is explained as well. Answers from the cache when it can. Errors: the model's
// own, its misbehaviour (values that are not finite, a wrong number of them, an exception) as
// internal, and cancelled. Models that learn from all segments do so by the panel; without one,
// from the series alone. Thread-safe.
class Fitter {
 public:
  Fitter(ModelSource models, FitSettings settings, FitCache& cache, std::stop_token stop,
         Panel* panel = nullptr)
      : models_(std::move(models)),
        settings_(std::move(settings)),
        cache_(cache),
        stop_(std::move(stop)),
        time_(stop_),
        panel_(panel) {}

  Result<FitOutcome> fit(const PreparedSeries& series, std::string_view model, const Window& window,
                         int horizon);
  const FitSettings& settings() const { return settings_; }
  // Long fits keep checkpoints from now on.
  void keep_checkpoints(CheckpointSource source) { checkpoints_ = std::move(source); }
  // Fits end with Errc::deadline once `time` is requested, as the job's own stop must request it,
  // too.
  void limit(std::stop_token time) { time_ = std::move(time); }
  void lift_limit() { time_ = stop_; }
  bool is_stopped() const { return stop_.stop_requested(); }

 private:
  std::optional<FitOutcome> find(const std::string& key);
  void store(const std::string& key, const FitOutcome& outcome);
  Result<FitOutcome> fit_anew(const PreparedSeries& series, const models::Model& model,
                              const Window& window, int steps, models::FitCheckpoint* checkpoint);

  ModelSource models_;
  FitSettings settings_;
  FitCache& cache_;
  std::mutex cache_mutex_;
  std::stop_token stop_;
  std::stop_token time_;
  Panel* panel_;
  CheckpointSource checkpoints_;
};

}  // namespace trainyard::forecast
