#pragma once

#include "common/domain/job.hpp"
#include "common/wire/json_writer.hpp"

#include <optional>
#include <string>

namespace trainyard::wire {

// full adds config and cluster_config: for answers about one job. existing is full and says that
// the job stands in the way of the one that was asked for.
enum class JobView { summary, full, existing };

// The job as every reader of the API sees it. `now` is for eta_seconds. Pure.
void write_job(JsonWriter& out, const domain::Job& job, JobView view, TimePoint now);
std::string job_json(const domain::Job& job, JobView view, TimePoint now);

void write_history_entry(JsonWriter& out, const domain::HistoryEntry& entry);

// Seconds until `percent` that took since `start` reaches 100 at the same pace. None at 5 percent
// or less, which is only the floor of "data is being loaded".
std::optional<std::int64_t> eta_seconds(TimePoint start, TimePoint now, int percent);

}  // namespace trainyard::wire
