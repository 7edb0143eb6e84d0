#pragma once

#include "common/domain/forecast_spec.hpp"

#include <string>

namespace trainyard::wire {

// The cluster that a job of this size would get where clusters are used, as the JSON object that
// the Databricks Jobs API takes for new_cluster: small jobs (fewer than 10,000 rows and at most two
// models) a single spot worker that leaves quickly, others an autoscaling one that falls back from
// spot. Rows that are not known count as 1,000.
std::string cluster_config_json(const domain::ForecastSpec& spec);

}  // namespace trainyard::wire
