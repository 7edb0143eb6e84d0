#pragma once

#include "api/service/caller.hpp"
#include "common/ports/job_store.hpp"

#include <string>

namespace trainyard::service {

// Which of a batch's segments to show, in the order they were created.
struct SegmentPage {
  std::size_t offset = 0;
  std::size_t limit = 1'000;
};

struct BatchView {
  struct Seen {
    JobId id;
    std::int64_t version;
    domain::JobStatus status;
  };

  std::string json;
  std::vector<Seen> seen;  // the jobs of every segment, also of those not shown
};

// {"batches": […], "total", "total_is_exact", "has_more", "next_cursor"}: newest first, with their
// counts; of whose(caller, filter.user_id). Blocks.
Result<std::string> batch_list_json(ports::JobStore& store, const Caller& caller,
                                    ports::BatchFilter filter);

// The batch with its counts and a page of its segments. Blocks. Errors: not_found, forbidden.
Result<BatchView> batch_view(ports::JobStore& store, const Caller& caller, BatchId id,
                             SegmentPage page, TimePoint now);

// Per segment that has a best model: {best_model, metrics, forecast, artifact_uri}. Complete once
// the batch's status is not running. Blocks. Errors: not_found, forbidden.
Result<std::string> batch_results_json(ports::JobStore& store, const Caller& caller, BatchId id,
                                       SegmentPage page);

}  // namespace trainyard::service
