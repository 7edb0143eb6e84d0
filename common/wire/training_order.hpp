#pragma once

#include "common/base/error.hpp"
#include "common/wire/api_requests.hpp"
#include "common/wire/cloud_event.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Work that begins by itself: because of an event, a schedule or a trigger. Pure.

namespace trainyard::wire {

// What started it. Source and id together name one occurrence for ever, as CloudEvents has it.
struct Cause {
  std::string id;
  std::string source;
  std::string subject;
  std::string type;
};

std::string to_json(const Cause& cause);
// The one text that two messages of the same occurrence to the same user share.
std::string origin_of(const Cause& cause, std::string_view user_id);

// What to train, as far as it is said; a stored template or an earlier job supplies the rest.
struct TrainingOrder {
  Cause cause;
  std::string correlation_id;
  std::string user_id;  // on whose behalf; empty: not said
  std::string trigger;  // the name of the one that asks, on behalf of its user
  std::string table;
  std::optional<std::int64_t> version = std::nullopt;  // of the table
  std::string data_path;
  std::vector<std::string> segments;
  std::vector<std::string> models;
  std::string template_name;
  std::string config = "{}";  // JSON object
};

// RetrainRequested, parsed and validated. Errors as parse_cloud_event; invalid_argument also for
// ids that no database keeps and for an event of another type.
Result<TrainingOrder> parse_retrain_requested(std::string_view text);

// RetrainRequested as parse_retrain_requested reads it, of a table's `version`.
CloudEvent retrain_requested_event(const TrainingOrder& order, std::int64_t version,
                                   std::string_view reason, TimePoint now);

// {config?, segments?, models?}: what a template, a schedule or a trigger says about the training.
// Of other keys only `more` are taken; `template` among them names a template.
Result<TrainingOrder> parse_training(std::string_view object,
                                     std::span<const std::string_view> more);
// The same object without white space.
std::string compact(std::string_view object);

// `over` on top of `base`, member by member.
std::string merged_config(std::string_view base, std::string_view over);
// What a job's config says beside its own segment and model.
std::string shared_config(std::string_view job_config);
// The text under a key of an object; empty when there is none.
std::string text_of(std::string_view object, const std::string& key);
// The request for a batch of it; models that are not given are the config's own.
BatchRequest batch_request(std::string config, std::vector<std::string> segments,
                           std::vector<std::string> models);

}  // namespace trainyard::wire
