#include "common/wire/batch_json.hpp"

namespace trainyard::wire {

void write_batch_counts(JsonWriter& out, const domain::BatchCounts& counts) {
  out.field("status", to_string(domain::status_of(counts)))
      .field("total", counts.total)
      .field("completed", counts.completed)
      .field("failed", counts.failed)
      .field("running", counts.running)
      .field("pending", counts.pending)
      .field("cancelled", counts.cancelled)
      .field("progress", domain::progress_of(counts));
}

}  // namespace trainyard::wire
