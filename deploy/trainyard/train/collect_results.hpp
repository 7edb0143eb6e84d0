#pragma once

#include "common/ports/job_store.hpp"
#include "deploy/trainyard/terminal/training_summary.hpp"

#include <functional>
#include <span>

namespace trainyard {

// Tells what became of a batch's jobs, one segment after the other: of many segments, all at once
// would be too much. `jobs` come segment by segment, `models.size()` each; `metric` chooses the
// best. Errors: the store's.
Result<void> collect_results(ports::JobStore& store, std::span<const JobId> jobs,
                             const std::vector<std::string>& models, const std::string& metric,
                             const std::function<void(terminal::SegmentResult)>& take);

// The same for machines: an object without forecasts.
std::string to_json(const terminal::SegmentResult& segment);

}  // namespace trainyard
