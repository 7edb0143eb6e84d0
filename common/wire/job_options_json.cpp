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
                 "known here: queue, key, run_at, lease_seconds, timeout_seconds, unique");
  }
  return {};
}

Result<std::vector<domain::JobStatus>> states_of(const json& value) {
  std::vector<domain::JobStatus> states;
  const auto expected = [] {
    return wrong("unique.states", "states must be a list of job states", "e.g. [\"running\"]");
  };
  if (!value.is_array() || value.empty()) return expected();
  for (const auto& name : value) {
    const auto state =
        name.is_string() ? domain::status_from(name.get<std::string>()) : std::nullopt;
    if (!state) return expected();
    states.push_back(*state);
  }
  return states;
}

Result<void> take(domain::Uniqueness& unique, std::string_view key, const json& value) {
  const auto field = fmt::format("unique.{}", key);
  if (key == "key") {
    TRY(unique.key, text_of(field, value));
  } else if (key == "within_seconds") {
    TRY(const auto within, seconds_of(field, value));
    unique.within = std::chrono::ceil<std::chrono::seconds>(within);
  } else if (key == "states") {
    TRY(unique.states, states_of(value));
  } else {
    return wrong(field, fmt::format("unknown key '{}'", key),
                 "known here: key, within_seconds, states");
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

Result<domain::Uniqueness> parse_unique(const json& tree) {
  if (!tree.is_object()) return wrong("unique", "unique must be a JSON object");
  domain::Uniqueness unique;
  for (const auto& [key, value] : tree.items())
    TRY_DO(take(unique, key, value));
  if (unique.key.empty() || unique.key.size() > domain::unique_key_max) {
    return wrong("unique.key",
                 fmt::format("a unique key has 1 to {} characters", domain::unique_key_max));
  }
  if (unique.within && *unique.within > domain::unique_within_max) {
    return wrong("unique.within_seconds", "at most a year", "leave it out for ever");
  }
  return unique;
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
