#pragma once

#include "api/http/router.hpp"
#include "common/ports/access_store.hpp"

namespace trainyard::http {

// What the audit log says of a request that was to change something: the route tells what, the path
// or the Location of what was made tells which. Pure but for its id.
ports::AuditEntry audit_entry(const Route& route, const Request& request, const Reply& reply,
                              TimePoint now);

}  // namespace trainyard::http
