#pragma once

#include "common/domain/job_options.hpp"
#include "common/domain/unique.hpp"
#include "common/wire/json_writer.hpp"

#include <nlohmann/json_fwd.hpp>

namespace trainyard::wire {

// {"queue", "key", "run_at", "lease_seconds", "timeout_seconds"}, all optional. invalid_argument
// names the field.
Result<domain::JobOptions> parse_job_options(const nlohmann::json& tree);

// {"key", "within_seconds", "states"}: the key is needed. invalid_argument names the field.
Result<domain::Uniqueness> parse_unique(const nlohmann::json& tree);

void write_job_options(JsonWriter& out, const domain::JobOptions& options);

}  // namespace trainyard::wire
