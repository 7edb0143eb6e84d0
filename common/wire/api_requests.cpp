#include "common/wire/api_requests.hpp"

#include "common/wire/job_options_json.hpp"
#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <set>

namespace trainyard::wire {
namespace {

using nlohmann::json;

Result<void> only_keys(const json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, ignored] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return wrong(key, fmt::format("unknown key '{}'", key),
                 fmt::format("known here: {}", fmt::join(known, ", ")));
  }
  return {};
}

// Takes `config` out of `holder`.
Result<JobRequest> take_job(json& holder, const std::string& path) {
  const auto config = holder.find("config");
  if (config == holder.end() || !config->is_object()) {
    return wrong(path, "config must be a JSON object", R"(e.g. {"config": {"data_path": …}})");
  }
  JobRequest request;
  if (const auto data = config->find("data"); data != config->end()) {
    if (!data->is_array() || data->empty()) {
      return wrong("data", "data must be a list of rows, each an object", "or name a data_path");
    }
    if (config->contains("data_path")) {
      return wrong("data", "give either data or data_path, not both");
    }
    request.inline_data = data->dump();
    config->erase(data);
  }
  request.config = config->dump();
  if (const auto options = holder.find("options"); options != holder.end()) {
    if (options->is_object() && options->contains("unique")) {
      TRY(request.unique, parse_unique((*options)["unique"]));
      options->erase("unique");
    }
    TRY(request.options, parse_job_options(*options));
  }
  return request;
}

Result<std::vector<std::string>> take_names(const json& holder, const char* key) {
  const auto names = holder.find(key);
  if (names == holder.end() || names->is_null()) return std::vector<std::string>();
  if (!names->is_array() || names->empty()) {
    return wrong(key, fmt::format("{} must be a list of names", key), "leave it out for all");
  }
  std::vector<std::string> taken;
  std::set<std::string> seen;
  for (const auto& name : *names) {
    // A numeric segment column is common, and its ids are the same text in the data.
    if (!name.is_string() && !name.is_number_integer()) {
      return wrong(key, fmt::format("{} must be a list of names", key));
    }
    taken.push_back(name.is_string() ? name.get<std::string>() : name.dump());
    if (taken.back().empty()) return wrong(key, fmt::format("a name in {} is empty", key));
    if (!seen.insert(taken.back()).second) {
      return wrong(key, fmt::format("'{}' is named twice in {}", taken.back(), key));
    }
  }
  return taken;
}

// Column names come from files, which need not be UTF-8.
std::string dump(const json& tree) {
  return tree.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Result<JobRequest> parse_job_request(std::string_view body) {
  TRY(json tree, parse_object(body));
  TRY_DO(only_keys(tree, {"config", "options"}));
  return take_job(tree, "config");
}

Result<BulkRequest> parse_bulk_request(std::string_view body) {
  TRY(json tree, parse_object(body));
  TRY_DO(only_keys(tree, {"jobs", "submit"}));
  const auto jobs = tree.find("jobs");
  if (jobs == tree.end() || !jobs->is_array() || jobs->empty()) {
    return wrong("jobs", "jobs must be a list of {config: …}");
  }
  if (jobs->size() > bulk_jobs_max) {
    return wrong(
        "jobs", fmt::format("{} jobs in one request; the limit is {}", jobs->size(), bulk_jobs_max),
        "send several requests, or one batch");
  }
  BulkRequest request;
  if (const auto submit = tree.find("submit"); submit != tree.end()) {
    if (!submit->is_boolean()) return wrong("submit", "submit must be true or false");
    request.submit = submit->get<bool>();
  }
  request.jobs.reserve(jobs->size());
  for (std::size_t i = 0; i < jobs->size(); ++i) {
    auto& item = (*jobs)[i];
    const auto path = fmt::format("jobs[{}].config", i);
    if (!item.is_object()) return wrong(path, "each job must be {config: …}");
    TRY_DO(only_keys(item, {"config", "options"}));
    TRY(auto job, take_job(item, path));
    request.jobs.push_back(std::move(job));
  }
  return request;
}

Result<BatchRequest> parse_batch_request(std::string_view body) {
  TRY(json tree, parse_object(body));
  TRY_DO(only_keys(tree, {"config", "segments", "models", "options"}));
  BatchRequest request;
  TRY(request.segments, take_names(tree, "segments"));
  TRY(request.models, take_names(tree, "models"));
  if (auto config = tree.find("config"); config != tree.end() && config->is_object()) {
    if (request.models.empty()) {
      TRY(request.models, take_names(*config, "models"));
    }
    if (config->contains("segment_id")) {
      return wrong("segment_id", "a batch has one job per segment",
                   "name the segments in `segments`");
    }
    config->erase("models");
  }
  if (request.models.empty()) request.models = {"auto"};
  TRY(request.job, take_job(tree, "config"));
  if (request.job.unique) {
    return wrong("options.unique", "the jobs of a batch cannot be unique, they are many",
                 "send an Idempotency-Key to make a batch once");
  }
  return request;
}

std::string job_config_of(std::string_view config, std::string_view segment,
                          std::string_view model) {
  // `config` is our own dump of an object: everything up to its last brace stays as it is.
  std::string made(config.substr(0, config.rfind('}')));
  if (made.size() > 1) made += ',';
  if (!segment.empty()) made += fmt::format("\"segment_id\":{},", json(segment).dump());
  made += fmt::format("\"models\":[{}]}}", json(model).dump());
  return made;
}

std::string with_text(std::string_view config, const std::string& key, std::string_view text) {
  auto tree = json::parse(config);
  tree[key] = text;
  return dump(tree);
}

std::string with_models(std::string_view config, const std::vector<std::string>& models) {
  auto tree = json::parse(config);
  tree["models"] = models;
  return dump(tree);
}

std::string with_ensemble_members(std::string_view config,
                                  const std::vector<std::string>& members) {
  auto tree = json::parse(config);
  auto& named = tree["hyperparameters"]["ensemble"]["members"];
  if (named.is_null()) named = members;
  return dump(tree);
}

std::vector<std::string> models_of(std::string_view config) {
  const auto tree = json::parse(config, nullptr, false);
  const auto models = tree.is_object() ? tree.value("models", json::array()) : json::array();
  return models.is_array() ? models.get<std::vector<std::string>>() : std::vector<std::string>();
}

}  // namespace trainyard::wire
