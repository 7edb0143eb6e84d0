#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::domain {

inline constexpr std::string_view default_queue = "default";

// How a job wants to be run, beside what it is to compute.
struct JobOptions {
  std::string queue = std::string(default_queue);
  std::string key;                       // jobs of one key share its limits; empty: of none
  std::optional<TimePoint> run_at;       // not before then
  std::chrono::milliseconds lease{0};    // how long a silent worker keeps it; 0: the worker's own
  std::chrono::milliseconds timeout{0};  // of one attempt; 0: the worker's own
  bool operator==(const JobOptions&) const = default;
};

inline constexpr std::chrono::seconds lease_min{1};
inline constexpr std::chrono::hours lease_max{24};
inline constexpr std::chrono::hours timeout_max{24 * 31};
inline constexpr std::size_t option_name_max = 200;

// Every problem of the options, naming its field.
std::vector<Error> problems_of(const JobOptions& options);

}  // namespace trainyard::domain
