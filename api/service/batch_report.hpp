#pragma once

#include "common/domain/batch.hpp"
#include "common/domain/job.hpp"

#include <map>
#include <string>
#include <vector>

// What a batch's jobs add up to, segment by segment. Pure.

namespace trainyard::service {

struct SegmentReport {
  std::string segment_id;
  std::vector<domain::Job> jobs;
  domain::BatchStatus status = domain::BatchStatus::running;
  std::string best_model;  // empty until the segment's last job has ended
  std::string best_job;    // the id of the job that trained it
  std::string metrics;     // JSON: {model: {mape, …}} of every completed job
};

domain::BatchCounts count(const std::vector<domain::Job>& jobs);

// The jobs of each segment, segments in the order in which their first jobs come.
std::vector<std::vector<domain::Job>> by_segment(std::vector<domain::Job> jobs);

// Of the jobs of one segment, which it puts in the order of `models`. The best model has the lowest
// `metric`, of those that their jobs took for the best where they tried several; models without a
// finite figure never win unless none has one.
SegmentReport report_segment(std::vector<domain::Job> jobs, std::string_view metric,
                             const std::vector<std::string>& models);

// The metric that the batch's config asks for.
std::string metric_of(std::string_view batch_config);

}  // namespace trainyard::service
