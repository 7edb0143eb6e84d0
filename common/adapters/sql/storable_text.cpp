#include "common/adapters/sql/storable_text.hpp"

#include "common/base/utf8.hpp"

#include <cstddef>
#include <initializer_list>
#include <utility>

namespace trainyard::sql {
namespace {

// As utf8_length(), but NUL is no character here.
std::size_t character_length(std::string_view text) {
  return text.front() == '\0' ? 0 : utf8_length(text);
}

}  // namespace

bool is_storable(std::string_view text) {
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string storable(std::string_view text) {
  if (is_storable(text)) return std::string(text);
  std::string clean;
  while (!text.empty()) {
    const auto length = character_length(text);
    clean += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

namespace {

using NamedTexts = std::initializer_list<std::pair<const char*, const std::string*>>;

Result<void> check_texts(NamedTexts fields) {
  for (const auto& [name, text] : fields) {
    if (is_storable(*text)) continue;
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "holds a NUL byte or text that is not UTF-8",
                      .field = name,
                      .hint = "send UTF-8 without \\u0000"});
  }
  return {};
}

}  // namespace

Result<void> check_storable(const domain::NewJob& job) {
  if (job.unique) TRY_DO(check_texts({{"options.unique.key", &job.unique->key}}));
  return check_texts({{"user_id", &job.user_id},
                      {"config", &job.config},
                      {"cluster_config", &job.cluster_config},
                      {"segment_id", &job.segment_id},
                      {"model", &job.model},
                      {"correlation_id", &job.correlation_id},
                      {"options.queue", &job.options.queue},
                      {"options.key", &job.options.key}});
}

Result<void> check_storable(const ports::ApiKey& key) {
  return check_texts({{"name", &key.name}, {"user_id", &key.user_id}});
}

ports::AuditEntry storable(ports::AuditEntry entry) {
  for (auto* text : {&entry.user_id, &entry.action, &entry.record, &entry.correlation_id}) {
    if (!is_storable(*text)) *text = storable(*text);
  }
  return entry;
}

void make_storable(domain::JobChange& change) {
  auto& job = change.job;
  std::vector<std::string*> texts{&job.current_step, &job.metrics, &job.artifact_uri,
                                  &job.mlflow_run_id, &job.error};
  if (job.lease) texts.push_back(&job.lease->worker_id);
  if (change.results) texts.push_back(&*change.results);
  for (auto& line : change.history) {
    texts.push_back(&line.detail);
    texts.push_back(&line.worker_id);
  }
  for (auto* text : texts) {
    if (!is_storable(*text)) *text = storable(*text);
  }
}

}  // namespace trainyard::sql
