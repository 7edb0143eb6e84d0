#pragma once

#include "api/http/message.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::http {

// The filter that a listing's query asks for: status, limit (1..1000), before, model, segment,
// batch, user, q, created_after, created_before. 400 names the parameter that is unknown or wrong.
std::expected<ports::JobFilter, Failure> job_filter(const Request& request);

}  // namespace trainyard::http
