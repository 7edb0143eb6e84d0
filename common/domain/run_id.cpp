#include "common/domain/run_id.hpp"

namespace trainyard::domain {
namespace {

constexpr std::string_view prefix = "local-";

}  // namespace

std::string local_run_id(JobId job) {
  return std::string(prefix) + job.to_string();
}

std::string run_id_of(const Job& job) {
  return job.run_id.empty() ? local_run_id(job.id) : job.run_id;
}

std::optional<JobId> job_of_run(std::string_view run_id) {
  if (!run_id.starts_with(prefix)) return std::nullopt;
  return JobId::parse(run_id.substr(prefix.size()));
}

}  // namespace trainyard::domain
