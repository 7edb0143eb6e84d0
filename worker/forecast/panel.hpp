#pragma once

#include "common/domain/forecast_spec.hpp"
#include "worker/forecast/backtest.hpp"
#include "worker/forecast/prepare.hpp"
#include "worker/models/global_model.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trainyard::forecast {

// The training part of a window as models see it; valid as long as the series is.
models::Series known_values(const PreparedSeries& series, const Window& window);

// Remembers what global models learned, as saved, by keys that cover all that it depends on; so the
// jobs of a batch need not each learn it. Forgetting is always allowed. One thread at a time.
class GlobalStore {
 public:
  virtual ~GlobalStore() = default;
  virtual std::optional<std::string> find(std::string_view key) = 0;
  virtual void store(std::string_view key, std::string_view saved) = 0;
};

// The segments of a data set together, and what global models learned from them. A backtest window
// gets what could be learned before it: from values dated before the first that it leaves out, of
// each segment no more than a sliding window of its own has.
// Segments may end at different times and so have many windows; those beyond a dozen share the
// latest earlier one. Thread-safe: what one learns, the others wait for. The store outlives it.
class Panel {
 public:
  Panel(std::vector<PreparedSeries> segments, int horizon, const domain::BacktestSpec& backtest,
        GlobalStore& store);

  const std::string& fingerprint() const { return fingerprint_; }

  // Learned before the value number `train` of this series; from all values when it has no such.
  // Errors: the model's.
  Result<std::shared_ptr<const models::FittedGlobal>> learned(const models::GlobalModel& model,
                                                              const PreparedSeries& series,
                                                              std::size_t train,
                                                              const models::FitContext& context);

 private:
  Result<std::unique_ptr<models::FittedGlobal>> learn(const models::GlobalModel& model,
                                                      std::optional<TimePoint> before,
                                                      const models::FitContext& context) const;

  std::vector<PreparedSeries> segments_;
  int horizon_;
  domain::BacktestSpec backtest_;
  GlobalStore& store_;
  std::vector<TimePoint> origins_;  // ascending
  std::string fingerprint_;
  std::mutex mutex_;  // guards the store and what was learned
  std::unordered_map<std::string, std::shared_ptr<const models::FittedGlobal>> learned_;
};

}  // namespace trainyard::forecast
