#pragma once

#include "common/domain/table.hpp"
#include "worker/forecast/forecast_segment.hpp"

#include <optional>
#include <stop_token>

namespace trainyard::robustness {

struct ForecastTrial {
  domain::SegmentRows rows;
  std::optional<domain::Frequency> frequency = {};
  int horizon = 1;
  std::vector<double> levels = {80.0, 95.0};
  forecast::Combination combination = forecast::Combination::inverse_squared_error;
};

// Prepares the rows, backtests and forecasts them with what `auto` stands for. Errc::internal with
// the promise of worker/forecast that was broken; otherwise why nothing was forecast, if nothing
// was.
Result<std::optional<Error>> try_forecast(const ForecastTrial& trial,
                                          const std::stop_token& stop = {});

}  // namespace trainyard::robustness
