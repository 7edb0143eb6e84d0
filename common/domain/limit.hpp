#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/domain/job_options.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What holds waiting jobs back on purpose. A job belongs to a queue, a user and, if it names one, a
// key; a limit is set on one of these by name, or on every one of its kind that has none of its
// own.

namespace trainyard::domain {

enum class LimitScope { queue, user, key };
inline constexpr std::array all_limit_scopes{LimitScope::queue, LimitScope::user, LimitScope::key};
inline constexpr std::array<std::string_view, 3> limit_scope_names{"queue", "user", "key"};
std::string_view to_string(LimitScope scope);
std::optional<LimitScope> limit_scope_from(std::string_view name);

// A token bucket: `jobs` per `period` on average, and up to `burst` at once after a rest.
struct Rate {
  int jobs = 1;
  std::chrono::milliseconds period{1'000};
  int burst = 1;
  bool operator==(const Rate&) const = default;
};

struct Limit {
  static constexpr std::string_view everyone = "*";
  // A pause without an end.
  static constexpr TimePoint until_resumed =
      std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

  LimitScope scope = LimitScope::queue;
  std::string name = std::string(everyone);
  std::optional<int> concurrency;  // jobs announced or running at the same time
  std::optional<Rate> rate;        // of jobs that begin
  std::optional<int> backlog;      // jobs that may wait; more are refused
  std::optional<TimePoint> paused_until;
  std::string reason;  // of the pause, for people
  bool operator==(const Limit&) const = default;
};

inline constexpr int limit_count_max = 1'000'000;
inline constexpr std::size_t limit_name_max = 200;

// Every problem of a limit, naming its field.
std::vector<Error> problems_of(const Limit& limit);

// What a job is held back by: its queue, its user and its key; an empty key has no limits.
struct Lane {
  std::string queue;
  std::string user_id;
  std::string key;
  auto operator<=>(const Lane&) const = default;

  const std::string& name_of(LimitScope scope) const;
};

Lane lane_of(const std::string& user_id, const JobOptions& options);

// The limit of this scope that applies to the lane: its own, else everyone's, else none.
const Limit* limit_of(std::span<const Limit> limits, LimitScope scope, const Lane& lane);

// Whether any limit says something about the lane.
bool is_limited(std::span<const Limit> limits, const Lane& lane);

}  // namespace trainyard::domain
