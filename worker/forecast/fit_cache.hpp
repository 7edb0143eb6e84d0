#pragma once

#include "worker/models/model.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trainyard::forecast {

// What one fit is needed for later: its forecast and what it chose.
struct FitOutcome {
  models::Forecast forecast;
  std::string description;
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
