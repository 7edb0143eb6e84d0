#pragma once

#include "common/base/error.hpp"
#include "common/base/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a worker and its training processes tell each other about a job, besides the frames.

namespace trainyard::wire {

// The request of the task kind "train". `config` is the job's as it was accepted.
struct TrainingRequest {
  JobId job_id;
  std::optional<BatchId> batch_id = std::nullopt;  // whose jobs share what they fitted
  std::int64_t fence = 0;                          // part of every path that the training writes to
  int threads = 1;                                 // that it may use
  std::string config;
};

struct TrainingAnswer {
  std::string results = "{}";  // JSON, in the format of the results endpoint
  std::string metrics = "{}";  // JSON: {model: {mape, …}}
  std::string artifact_uri;
};

std::string to_json(const TrainingRequest& request);
std::string to_json(const TrainingAnswer& answer);

// Errc::corrupt_data: not what to_json() makes.
Result<TrainingRequest> parse_training_request(std::string_view text);
Result<TrainingAnswer> parse_training_answer(std::string_view text);

// The folder of the artefact store that is one claim's of a job: what comes of an attempt that was
// given up is never taken for another's.
std::string job_folder(JobId job, std::int64_t fence);
// The folder of the artefact store in which the jobs of a batch share their fits.
std::string fits_folder(BatchId batch);
// That in which the attempts of a job of its own do.
std::string fits_folder(JobId job);
// A job that ran no longer than this keeps nothing there.
inline constexpr std::chrono::seconds fits_kept_after{2};

// The fault drill that a job's config asks for, or empty. Cheap where there is none.
std::string drill_of(std::string_view config);

}  // namespace trainyard::wire
