#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the names of the files in a `_delta_log` say. Pure.

namespace trainyard::delta {

std::string commit_name(std::int64_t version);
// The version of NNN.json; none for checkpoints and whatever else lies there.
std::optional<std::int64_t> version_of_commit(std::string_view name);

struct Checkpoint {
  std::int64_t version = 0;
  std::vector<std::string> names;  // one, or the parts in their order
};

// What has to be read for a table's state at `version`, in this order.
struct LogPlan {
  std::int64_t version = 0;
  std::optional<Checkpoint> checkpoint;  // none: from the first commit on
  std::vector<std::int64_t> commits;     // after it, without a gap
};

// `version`: none for the newest. not_found: there is no table, no such version, or what is needed
// for it was cleaned away.
Result<LogPlan> plan_of_log(const std::vector<std::string>& names,
                            std::optional<std::int64_t> version);

}  // namespace trainyard::delta
