#include "common/domain/limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace trainyard::domain {
namespace {

Error wrong(std::string field, std::string detail) {
  return {.code = Errc::invalid_argument, .detail = std::move(detail), .field = std::move(field)};
}

void check_count(const std::optional<int>& count, int least, const char* field,
                 std::vector<Error>& problems) {
  if (!count || (*count >= least && *count <= limit_count_max)) return;
  problems.push_back(
      wrong(field, fmt::format("{} must be {} to {}", field, least, limit_count_max)));
}

}  // namespace

std::string_view to_string(LimitScope scope) {
  return limit_scope_names[static_cast<std::size_t>(std::to_underlying(scope))];
}

std::optional<LimitScope> limit_scope_from(std::string_view name) {
  for (const auto scope : all_limit_scopes) {
    if (to_string(scope) == name) return scope;
  }
  return std::nullopt;
}

std::vector<Error> problems_of(const Limit& limit) {
  std::vector<Error> problems;
  if (limit.name.empty() || limit.name.size() > limit_name_max) {
    problems.push_back(
        wrong("name", fmt::format("name must have 1 to {} characters", limit_name_max)));
  }
  check_count(limit.concurrency, 0, "concurrency", problems);
  check_count(limit.backlog, 0, "backlog", problems);
  if (limit.rate) {
    check_count(limit.rate->jobs, 1, "rate.jobs", problems);
    check_count(limit.rate->burst, 1, "rate.burst", problems);
    if (limit.rate->period < milliseconds(1) || limit.rate->period > std::chrono::hours(24 * 366)) {
      problems.push_back(
          wrong("rate.period_seconds", "rate.period_seconds must be 0.001 to a year"));
    }
  }
  return problems;
}

const std::string& Lane::name_of(LimitScope scope) const {
  switch (scope) {
    case LimitScope::queue:
      return queue;
    case LimitScope::user:
      return user_id;
    case LimitScope::key:
      break;
  }
  return key;
}

Lane lane_of(const std::string& user_id, const JobOptions& options) {
  return {.queue = options.queue, .user_id = user_id, .key = options.key};
}

const Limit* limit_of(std::span<const Limit> limits, LimitScope scope, const Lane& lane) {
  const auto& name = lane.name_of(scope);
  if (name.empty()) return nullptr;
  const Limit* everyones = nullptr;
  for (const auto& limit : limits) {
    if (limit.scope != scope) continue;
    if (limit.name == name) return &limit;
    if (limit.name == Limit::everyone) everyones = &limit;
  }
  return everyones;
}

bool is_limited(std::span<const Limit> limits, const Lane& lane) {
  return std::ranges::any_of(
      all_limit_scopes, [&](LimitScope scope) { return limit_of(limits, scope, lane) != nullptr; });
}

}  // namespace trainyard::domain
