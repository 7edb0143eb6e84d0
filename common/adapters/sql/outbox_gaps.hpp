#pragma once

#include "common/ports/job_store.hpp"

#include <span>
#include <vector>

namespace trainyard::sql {

// The ranges of outbox ids that remain beside `skip` (in order, not overlapping). Looking through
// those alone jumps over what the relay has in flight instead of reading past every row of it.
std::vector<ports::OutboxRange> gaps_between(std::span<const ports::OutboxRange> skip);

}  // namespace trainyard::sql
