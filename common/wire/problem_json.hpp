#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>

namespace trainyard::wire {

// An error as application/problem+json (RFC 9457), with our members code, category, field, row,
// hint, job_id (unless empty) and correlation_id. `title` is the status' own phrase.
std::string problem_json(const Error& error, int status, std::string_view title,
                         std::string_view correlation_id, std::string_view job_id = {});

}  // namespace trainyard::wire
