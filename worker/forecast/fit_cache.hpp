#pragma once

#include "worker/forecast/explanation.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::forecast {

// What one fit is needed for later: its forecast, what it chose and, of a fit to the whole history,
// what it tells of it.
struct FitOutcome {
  models::Forecast forecast;
  std::string description;
  std::shared_ptr<const Explanation> explanation = nullptr;
};

// Remembers fits by a key that covers everything they depend on (values, dates, model, parameters,
// horizon, levels), so an ensemble, or another job of the batch, need not repeat them. Forgetting
// is always allowed. One thread at a time.
class FitCache {
 public:
  virtual ~FitCache() = default;
  virtual std::optional<FitOutcome> find(std::string_view key) = 0;
  virtual void store(std::string_view key, const FitOutcome& outcome) = 0;
};

}  // namespace trainyard::forecast
