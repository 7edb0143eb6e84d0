#pragma once

#include "common/adapters/postgres/connection_pool.hpp"
#include "common/domain/job_command.hpp"

#include <span>

// How new jobs get into the tables: one statement for a set, with their history lines, their outbox
// rows and what they add to their batches. Answers the server's time.

namespace trainyard::postgres {

extern const Statement accept_jobs;

enum class Counting { add_to_batches, counted_already };

// The parameters of accept_jobs.
Parameters accept_parameters(std::span<const domain::JobChange> changes, TimePoint now,
                             Counting counting);

}  // namespace trainyard::postgres
