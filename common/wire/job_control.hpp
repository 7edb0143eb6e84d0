#pragma once

#include "common/base/error.hpp"
#include "common/base/uuid.hpp"

#include <string>
#include <string_view>

namespace trainyard::wire {

// What the API tells all workers at once, past the database, so that a cancel is felt at once. It
// only hastens what the next lease renewal says anyway: losing one is harmless.
struct JobControl {
  enum class Op { cancel };

  JobId job_id;
  Op op = Op::cancel;
};

std::string to_json(const JobControl& control);

// Errc::corrupt_data: no JSON, no job id, or an operation that this version does not know.
Result<JobControl> parse_job_control(std::string_view text);

}  // namespace trainyard::wire
