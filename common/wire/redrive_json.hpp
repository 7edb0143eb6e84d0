#pragma once

#include "common/base/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Bodies that change jobs which exist: one, or all that match a filter. Pure. Errors as in
// api_requests.hpp.

namespace trainyard::wire {

// {"config": {…}}, all optional: a merge patch (RFC 7396) onto the job's config. Empty: none.
Result<std::string> parse_redrive(std::string_view body);

// {"filter": {…}, "config": {…}, "dry_run": true}
struct JobsChangeRequest {
  std::vector<std::pair<std::string, std::string>> filter;  // as in the query of a list
  std::string patch;                                        // as above
  enum class Mode { change, dry_run } mode = Mode::change;
};
enum class Patches { taken, refused };
Result<JobsChangeRequest> parse_jobs_change(std::string_view body, Patches patches);

// `config` with the patch applied.
std::string patched(std::string_view config, std::string_view patch);
// What differs, for people: `horizon 24 -> 12, models ["a"] -> ["b"]`.
std::string difference(std::string_view before, std::string_view after);

}  // namespace trainyard::wire
