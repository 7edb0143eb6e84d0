#pragma once

#include "worker/forecast/forecast_segment.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace trainyard::training {

// {threshold, judged, spread, count, listed: [{ds, value, expected, score, direction}], reason}
nlohmann::json anomalies_json(const forecast::Anomalies& anomalies);

// What the best model makes of the last periods of the series, which `history` lists:
//   {model, expected: [number or null], score: [number or null],
//    components: [{name, values, mean_absolute, variance_share}]}
// `shown` is how many periods those are.
nlohmann::json explanation_json(const forecast::SegmentOutcome& outcome, std::size_t shown);

// The same of every period, with their dates and values: {segment, ds, y, model, expected, …}. An
// artefact, for series that are longer than the history of the results.
std::string explanation_text(const forecast::SegmentOutcome& outcome,
                             const forecast::PreparedSeries& series);

}  // namespace trainyard::training
