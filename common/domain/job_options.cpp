#include "common/domain/job_options.hpp"

#include <fmt/format.h>

namespace trainyard::domain {
namespace {

Error wrong(std::string field, std::string detail) {
  return {.code = Errc::invalid_argument, .detail = std::move(detail), .field = std::move(field)};
}

}  // namespace

std::vector<Error> problems_of(const JobOptions& options) {
  std::vector<Error> problems;
  if (options.queue.empty() || options.queue.size() > option_name_max) {
    problems.push_back(wrong(
        "options.queue", fmt::format("a queue's name has 1 to {} characters", option_name_max)));
  }
  if (options.key.size() > option_name_max) {
    problems.push_back(
        wrong("options.key", fmt::format("a key has at most {} characters", option_name_max)));
  }
  if (options.lease.count() != 0 && (options.lease < lease_min || options.lease > lease_max)) {
    problems.push_back(wrong("options.lease_seconds", "lease_seconds must be 1 to 86400"));
  }
  if (options.timeout.count() != 0 &&
      (options.timeout < std::chrono::seconds(1) || options.timeout > timeout_max)) {
    problems.push_back(wrong("options.timeout_seconds", "timeout_seconds must be 1 to 2678400"));
  }
  return problems;
}

}  // namespace trainyard::domain
