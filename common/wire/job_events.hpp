#pragma once

#include "common/domain/batch.hpp"
#include "common/domain/job.hpp"
#include "common/wire/cloud_event.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The events of the bus, made from domain values, and the one that a worker reads back. Each has a
// schema and a golden example in schemas/events.

namespace trainyard::wire {

namespace event_types {
inline constexpr const char* train_requested = "trainyard.train.requested.v1";
inline constexpr const char* retrain_requested = "trainyard.retrain.requested.v1";
inline constexpr const char* job_progress = "trainyard.job.progress.v1";
inline constexpr const char* job_log = "trainyard.job.log.v1";
inline constexpr const char* batch_completed = "trainyard.batch.completed.v1";
inline constexpr const char* message_refused = "trainyard.message.refused.v1";
}  // namespace event_types

// "trainyard.job.started.v1"
std::string type_of(domain::JobEvent event);

// The transition that `entry` records; id "<job>:<version>". `job` is the record as it is now:
// where it has moved on since, progress and step of that moment are gone and sent as null.
CloudEvent job_event(const domain::Job& job, const domain::HistoryEntry& entry,
                     std::string_view source);

struct JobProgress {
  JobId job_id;
  std::optional<BatchId> batch_id;
  std::string user_id;
  std::string segment_id;
  std::string model;
  std::string correlation_id;
  std::int64_t fence = 0;
  std::int64_t n = 0;  // rises within a fence: older news is dropped
  int progress = 0;
  std::string current_step;
  std::string metrics;  // JSON object or empty
  TimePoint at;
};

CloudEvent progress_event(const JobProgress& progress, std::string_view source);

struct TrainRequested {
  JobId job_id;
  std::int64_t dispatch_no = 0;
};

CloudEvent train_requested_event(const TrainRequested& request, std::string_view correlation_id,
                                 std::string_view source, TimePoint at);

// Parses and validates; `correlation_id` comes from the envelope.
struct ReceivedTrainRequested {
  TrainRequested request;
  std::string correlation_id;
};
Result<ReceivedTrainRequested> parse_train_requested(std::string_view text);

// The batch has no open job left. `n` tells apart the ends of a batch that was retried.
CloudEvent batch_completed_event(const domain::Batch& batch, const domain::BatchCounts& counts,
                                 std::int64_t n, std::string_view source);

// Where a message stood that could not be used, and why.
struct RefusedMessage {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string key;
  std::string reason;
  std::string message;  // its bytes; what is no valid UTF-8 is replaced
};

CloudEvent message_refused_event(const RefusedMessage& refused, std::string_view source,
                                 TimePoint at);

}  // namespace trainyard::wire
