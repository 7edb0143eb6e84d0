#include "common/wire/limit_json.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::string_view forever = "forever";

Result<int> count_of(std::string_view field, const json& value) {
  if (value.is_number_integer() && value.get<double>() >= 0 &&
      value.get<double>() <= domain::limit_count_max) {
    return value.get<int>();
  }
  return wrong(std::string(field), fmt::format("{} must be a whole number from 0 to {}", field,
                                               domain::limit_count_max));
}

Result<TimePoint> end_of_pause(std::string_view field, const json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == forever) return domain::Limit::until_resumed;
    if (const auto time = from_iso8601(text)) return *time;
  }
  return wrong(std::string(field), fmt::format("{} must be a time or \"{}\"", field, forever),
               "e.g. 2026-01-20T15:30:00Z");
}

Result<domain::Rate> rate_of(const json& value) {
  if (!value.is_object()) {
    return wrong("rate", "rate must be a JSON object",
                 R"(e.g. {"jobs": 10, "period_seconds": 60})");
  }
  domain::Rate rate;
  bool has_jobs = false;
  bool has_burst = false;
  for (const auto& [key, part] : value.items()) {
    if (key == "jobs") {
      TRY(rate.jobs, count_of("rate.jobs", part));
      has_jobs = true;
    } else if (key == "burst") {
      TRY(rate.burst, count_of("rate.burst", part));
      has_burst = true;
    } else if (key == "period_seconds") {
      if (!part.is_number() || part.get<double>() <= 0 || part.get<double>() > 1e8) {
        return wrong("rate.period_seconds", "period_seconds must be a number above 0");
      }
      rate.period =
          std::chrono::ceil<milliseconds>(std::chrono::duration<double>(part.get<double>()));
    } else {
      return wrong("rate", fmt::format("unknown key '{}'", key),
                   "known here: jobs, period_seconds, burst");
    }
  }
  if (!has_jobs) return wrong("rate.jobs", "a rate needs its number of jobs");
  if (!has_burst) rate.burst = rate.jobs;
  return rate;
}

Result<void> take(domain::Limit& limit, std::string_view key, const json& value) {
  if (value.is_null()) return {};
  if (key == "concurrency") {
    TRY(limit.concurrency, count_of(key, value));
  } else if (key == "backlog") {
    TRY(limit.backlog, count_of(key, value));
  } else if (key == "rate") {
    TRY(limit.rate, rate_of(value));
  } else if (key == "paused_until") {
    TRY(limit.paused_until, end_of_pause(key, value));
  } else if (key == "reason") {
    if (!value.is_string()) return wrong("reason", "reason must be text");
    limit.reason = value.get<std::string>();
  } else {
    return wrong(std::string(key), fmt::format("unknown key '{}'", key),
                 "known here: concurrency, rate, backlog, paused_until, reason");
  }
  return {};
}

}  // namespace

Result<domain::Limit> parse_limit(domain::LimitScope scope, std::string_view name,
                                  std::string_view body) {
  TRY(const json tree, parse_object(body));
  domain::Limit limit;
  limit.scope = scope;
  limit.name = name;
  for (const auto& [key, value] : tree.items())
    TRY_DO(take(limit, key, value));
  const auto problems = problems_of(limit);
  if (!problems.empty()) return fail(problems.front());
  return limit;
}

void write_limit(JsonWriter& out, const domain::Limit& limit) {
  out.begin_object()
      .field("scope", to_string(limit.scope))
      .field("name", limit.name)
      .field("concurrency", limit.concurrency)
      .key("rate");
  if (limit.rate) {
    out.begin_object()
        .field("jobs", limit.rate->jobs)
        .field("period_seconds", std::chrono::duration<double>(limit.rate->period).count())
        .field("burst", limit.rate->burst)
        .end_object();
  } else {
    out.null();
  }
  out.field("backlog", limit.backlog);
  write_pause_end(out, "paused_until", limit.paused_until);
  out.text_or_null("reason", limit.reason).end_object();
}

Result<PauseRequest> parse_pause(std::string_view body) {
  PauseRequest request;
  if (body.empty()) return request;
  TRY(const json tree, parse_object(body));
  for (const auto& [key, value] : tree.items()) {
    if (key == "until") {
      TRY(request.until, end_of_pause(key, value));
    } else if (key == "reason" && value.is_string()) {
      request.reason = value.get<std::string>();
    } else {
      return wrong(key, "a pause has `until` (a time) and `reason` (text), both optional");
    }
  }
  return request;
}

void write_pause_end(JsonWriter& out, std::string_view key, const std::optional<TimePoint>& until) {
  if (until && *until == domain::Limit::until_resumed) {
    out.field(key, forever);
  } else {
    out.field(key, until);
  }
}

}  // namespace trainyard::wire
