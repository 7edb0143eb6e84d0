#pragma once

#include "common/base/error.hpp"
#include "common/domain/job_options.hpp"
#include "common/domain/unique.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Bodies that people and systems send to the API. Pure. Every parser answers corrupt_data with the
// line and column when the text is not JSON at all, and invalid_argument naming the field when it
// is JSON but not such a request; keys that are not known are refused by name.

namespace trainyard::wire {

inline constexpr std::size_t bulk_jobs_max = 1'000;

struct JobRequest {
  std::string config;       // JSON object without `data`
  std::string inline_data;  // JSON array of rows, empty when the config names a data_path
  domain::JobOptions options;
  std::optional<domain::Uniqueness> unique = std::nullopt;
};

struct BulkRequest {
  std::vector<JobRequest> jobs;
  bool submit = false;
};

struct BatchRequest {
  JobRequest job;                     // config without models and segment_id
  std::vector<std::string> models;    // from the body or the config; {"auto"} when neither has any
  std::vector<std::string> segments;  // empty: not given
};

Result<JobRequest> parse_job_request(std::string_view body);    // {"config": {…}, "options": {…}}
Result<BulkRequest> parse_bulk_request(std::string_view body);  // {"jobs": […], "submit": true}
Result<BatchRequest> parse_batch_request(std::string_view body);

// The config of one job of a batch: `config` with segment_id (left out when empty) and the model.
std::string job_config_of(std::string_view config, std::string_view segment,
                          std::string_view model);
// `config` with this member set.
std::string with_text(std::string_view config, const std::string& key, std::string_view text);
std::string with_models(std::string_view config, const std::vector<std::string>& models);
// `config` with hyperparameters.ensemble.members, unless it names some already.
std::string with_ensemble_members(std::string_view config, const std::vector<std::string>& members);
// The models of such a config, in their order; empty when it names none.
std::vector<std::string> models_of(std::string_view config);

}  // namespace trainyard::wire
