#pragma once

#include "common/domain/forecast_spec.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::wire {

// A job's `config` as JSON text <-> domain::ForecastSpec. Parsing answers with the spec or with
// every problem at once, each naming its field: wrong types, unknown keys (with the nearest known
// one as the hint), values beyond their limits. `data` (inline rows) counts as data; storing it and
// setting `data_path` is the caller's. Pure.
std::expected<domain::ForecastSpec, std::vector<Error>> parse_forecast_spec(
    std::string_view json, const domain::SpecRules& rules);

// The shortest config that parses to the same spec: defaults are left out.
std::string to_json(const domain::ForecastSpec& spec);

}  // namespace trainyard::wire
