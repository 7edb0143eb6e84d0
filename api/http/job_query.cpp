#include "api/http/job_query.hpp"

#include "api/http/handlers.hpp"
#include "api/http/list_query.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trainyard::http {
namespace {

std::unexpected<Failure> wrong(const std::string& name, const std::string& value,
                               std::string_view wanted) {
  return bad_request(name, fmt::format("'{}' is not {}", value, wanted));
}

std::expected<void, Failure> take(ports::JobFilter& filter, const std::string& name,
                                  const std::string& value) {
  if (name == "status") {
    filter.status = domain::status_from(value);
    if (!filter.status) return wrong(name, value, "a job status");
  } else if (name == "category") {
    filter.error_category = category_from(value);
    if (!filter.error_category) return wrong(name, value, "a category of errors");
  } else if (name == "before") {
    filter.before = JobId::parse(value);
    if (!filter.before) return wrong(name, value, "a job id");
  } else if (name == "batch") {
    filter.batch_id = BatchId::parse(value);
    if (!filter.batch_id) return wrong(name, value, "a batch id");
  } else if (name == "created_after" || name == "created_before") {
    auto time = from_iso8601(value);
    if (!time) return wrong(name, value, "a time like 2026-01-20T15:30:00Z");
    (name == "created_after" ? filter.created_after : filter.created_before) = *time;
  } else if (name == "model") {
    filter.model = value;
  } else if (name == "segment") {
    filter.segment_id = value;
  } else if (name == "user") {
    filter.user_id = value;
  } else if (name == "q") {
    filter.text = value;
  } else {
    return bad_request(name, fmt::format("unknown parameter '{}'", name),
                       "known: status, category, limit and cursor (of a list), before, model, "
                       "segment, batch, user, q, "
                       "created_after, created_before");
  }
  return {};
}

}  // namespace

std::expected<std::int64_t, Failure> int_query(const Request& request, std::string_view name,
                                               std::int64_t fallback, std::int64_t low,
                                               std::int64_t high) {
  const auto* text = request.find_query(name);
  if (text == nullptr) return fallback;
  std::int64_t value = 0;
  const auto* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  if (parsed.ptr != end || parsed.ec != std::errc() || value < low || value > high) {
    return bad_request(std::string(name),
                       fmt::format("'{}' is not a whole number from {} to {}", *text, low, high));
  }
  return value;
}

std::expected<ports::JobFilter, Failure> job_filter(const Request& request) {
  auto fields = request.query;
  std::erase_if(
      fields, [](const auto& field) { return field.first == "limit" || field.first == "cursor"; });
  TRY(auto filter, job_filter(fields));
  TRY(const auto limit, int_query(request, "limit", filter.limit, 1, 1'000));
  filter.limit = static_cast<int>(limit);
  TRY(const auto last, cursor_id_query<JobId>(request, "jobs"));
  if (last) filter.before = last;
  return filter;
}

std::expected<ports::JobFilter, Failure> job_filter(std::span<const NamedText> fields) {
  ports::JobFilter filter;
  for (const auto& [name, value] : fields) {
    TRY_DO(take(filter, name, value));
  }
  return filter;
}

}  // namespace trainyard::http
