#pragma once

#include "common/domain/batch.hpp"
#include "common/wire/json_writer.hpp"

namespace trainyard::wire {

// Into an open object: status, total, completed, failed, running, pending, cancelled, progress, as
// every answer about a batch gives them. Pure.
void write_batch_counts(JsonWriter& out, const domain::BatchCounts& counts);

}  // namespace trainyard::wire
