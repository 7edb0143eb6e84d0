#pragma once

#include "api/http/message.hpp"
#include "common/ports/job_store.hpp"

#include <span>
#include <string>
#include <utility>

namespace trainyard::http {

// The filter that a listing's query asks for: status, limit (1..1000), cursor, before, model,
// segment, batch, user, q, created_after, created_before, category. 400 names the parameter that is
// unknown or wrong.
std::expected<ports::JobFilter, Failure> job_filter(const Request& request);

// The same of fields that came otherwise; there is no limit among them.
using NamedText = std::pair<std::string, std::string>;
std::expected<ports::JobFilter, Failure> job_filter(std::span<const NamedText> fields);

}  // namespace trainyard::http
