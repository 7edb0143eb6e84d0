#include "common/wire/job_options_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trainyard::wire {
namespace {

using nlohmann::json;

std::unexpected<Error> wrong(std::string_view key, std::string detail, std::string hint = {}) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = fmt::format("options.{}", key),
                    .hint = std::move(hint)});
}

Result<std::string> text_of(std::string_view key, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return wrong(key, fmt::format("{} must be text", key));
}

Result<milliseconds> seconds_of(std::string_view key, const json& value) {
  if (value.is_number()) {
    const double seconds = value.get<double>();
    if (seconds > 0 && seconds < 1e9) {
      return std::chrono::ceil<milliseconds>(std::chrono::duration<double>(seconds));
    }
  }
  return wrong(key, fmt::format("{} must be a number of seconds above 0", key));
}

Result<void> take(domain::JobOptions& options, std::string_view key, const json& value) {
  if (key == "queue") {
    TRY(options.queue, text_of(key, value));
  } else if (key == "key") {
    TRY(options.key, text_of(key, value));
  } else if (key == "run_at") {
    TRY(const auto text, text_of(key, value));
    const auto time = from_iso8601(text);
    if (!time) {
      return wrong(key, fmt::format("'{}' is not a time", text), "e.g. 2026-01-20T15:30:00Z");
    }
    options.run_at = *time;
  } else if (key == "lease_seconds") {
    TRY(options.lease, seconds_of(key, value));
  } else if (key == "timeout_seconds") {
    TRY(options.timeout, seconds_of(key, value));
  } else {
    return wrong(key, fmt::format("unknown key '{}'", key),
                 "known here: queue, key, run_at, lease_seconds, timeout_seconds");
  }
  return {};
}

std::optional<double> seconds_or_none(milliseconds time) {
  if (time.count() == 0) return std::nullopt;
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Result<domain::JobOptions> parse_job_options(const json& tree) {
  domain::JobOptions options;
  if (!tree.is_object()) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "options must be a JSON object",
                      .field = "options"});
  }
  for (const auto& [key, value] : tree.items())
    TRY_DO(take(options, key, value));
  const auto problems = problems_of(options);
  if (!problems.empty()) return fail(problems.front());
  return options;
}

void write_job_options(JsonWriter& out, const domain::JobOptions& options) {
  out.begin_object()
      .field("queue", options.queue)
      .text_or_null("key", options.key)
      .field("run_at", options.run_at)
      .field("lease_seconds", seconds_or_none(options.lease))
      .field("timeout_seconds", seconds_or_none(options.timeout))
      .end_object();
}

}  // namespace trainyard::wire
