#pragma once

#include "common/base/error.hpp"
#include "common/domain/job_command.hpp"
#include "common/ports/access_store.hpp"

#include <string>
#include <string_view>

// What text a database keeps: valid UTF-8 without NUL. PostgreSQL refuses anything else, and both
// stores are to behave the same.

namespace trainyard::sql {

bool is_storable(std::string_view text);

// What is not storable becomes U+FFFD. For text that reports on something that happened (errors,
// steps), which is worth more mangled than refused.
std::string storable(std::string_view text);

// Errc::invalid_argument names the field of a new job that no database would keep.
Result<void> check_storable(const domain::NewJob& job);
Result<void> check_storable(const ports::ApiKey& key);

// Makes all text that a command brought into a change storable.
void make_storable(domain::JobChange& change);
// An audit entry tells what somebody sent, which may be anything.
ports::AuditEntry storable(ports::AuditEntry entry);

}  // namespace trainyard::sql
