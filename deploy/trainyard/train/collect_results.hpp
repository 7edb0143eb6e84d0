#pragma once

#include "common/ports/job_store.hpp"
#include "deploy/trainyard/terminal/result_files.hpp"
#include "deploy/trainyard/terminal/training_summary.hpp"

namespace trainyard {

// What became of a batch's jobs, segment by segment, as the terminal shows it. Forecasts go to
// `files` one segment after the other, and no further: of many segments they would be too much.
Result<terminal::TrainingSummary> collect_results(ports::JobStore& store, BatchId batch,
                                                  const std::vector<std::string>& models,
                                                  const std::string& metric,
                                                  terminal::ResultFiles& files);

// The same for machines.
std::string to_json(const terminal::TrainingSummary& summary, BatchId batch);

}  // namespace trainyard
