#pragma once

#include "worker/models/prophet/prophet_form.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace trainyard::models {

// Everything that a fitted Prophet model forecasts from.
struct ProphetState {
  ProphetForm form;
  ProphetParameters parameters;
  std::size_t observations = 0;  // forecasts start after so many periods
  int samples = 1000;            // simulated futures
  std::uint64_t seed = 42;

  std::size_t covariates() const;
};

nlohmann::json to_json(const ProphetState& state);

// invalid_argument names the field that is missing or cannot be.
Result<ProphetState> prophet_from_json(const nlohmann::json& json);

}  // namespace trainyard::models
