#pragma once

#include "api/service/entry_gate.hpp"
#include "common/ports/dispatch_store.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::service {

// Sets the limit in place of the one of its scope and name. When it pauses, announced jobs that
// nobody claimed yet go back in line. Blocks. Errors: the store's.
Result<void> set_limit(ports::DispatchStore& line, ports::JobStore& jobs, EntryGate& gate,
                       const domain::Limit& limit);

// The limit of this scope and name, or one that says nothing.
Result<domain::Limit> limit_named(ports::DispatchStore& line, domain::LimitScope scope,
                                  std::string_view name);

}  // namespace trainyard::service
