#pragma once

#include "common/adapters/sql/rows.hpp"
#include "common/domain/admission.hpp"
#include "common/domain/limit.hpp"

#include <string>

// How rows of limits and buckets become records, for both stores (see rows.hpp).

namespace trainyard::sql {

inline const std::string limit_columns =
    "scope, name, concurrency, rate_jobs, rate_ms, rate_burst, backlog, paused_until, reason";

template <class Row>
std::optional<int> read_count(Row& row) {
  const auto value = row.optional_integer();
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

template <class Row>
domain::Limit read_limit(Row& row) {
  domain::Limit limit;
  limit.scope = known<Row>(domain::limit_scope_from(row.text()), "scope");
  limit.name = row.text();
  limit.concurrency = read_count(row);
  const auto jobs = read_count(row);
  const auto period = row.optional_integer();
  const auto burst = read_count(row);
  if (jobs && period && burst) {
    limit.rate = domain::Rate{.jobs = *jobs, .period = milliseconds(*period), .burst = *burst};
  }
  limit.backlog = read_count(row);
  limit.paused_until = row.optional_time();
  limit.reason = row.text();
  return limit;
}

// queue, user_id, limit_key.
template <class Row>
domain::Lane read_lane(Row& row) {
  domain::Lane lane;
  lane.queue = row.text();
  lane.user_id = row.text();
  lane.key = row.text();
  return lane;
}

// The column of jobs that a scope's names stand in.
constexpr const char* column_of(domain::LimitScope scope) {
  switch (scope) {
    case domain::LimitScope::queue:
      return "queue";
    case domain::LimitScope::user:
      return "user_id";
    case domain::LimitScope::key:
      break;
  }
  return "limit_key";
}

}  // namespace trainyard::sql
