#include "common/adapters/sql/storable_text.hpp"

#include <cstddef>
#include <initializer_list>
#include <utility>

namespace trainyard::sql {
namespace {

// The length of the valid UTF-8 character at the front of `text`; 0 when there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool beyond = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
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
