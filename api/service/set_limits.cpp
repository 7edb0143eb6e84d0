#include "api/service/set_limits.hpp"

#include "api/service/group_commit.hpp"

namespace trainyard::service {

Result<void> set_limit(ports::DispatchStore& line, ports::JobStore& jobs, EntryGate& gate,
                       const domain::Limit& limit) {
  TRY_DO(line.put_limit(limit));
  gate.forget();
  if (!limit.paused_until) return {};
  TRY(const auto announced, line.announced(limit.scope, limit.name));
  std::vector<domain::JobCommand> commands;
  commands.reserve(announced.size());
  for (const auto& job : announced)
    commands.push_back(domain::Withdraw{.job_id = job.id, .dispatch_no = job.dispatch_no});
  for (const auto& applied : apply_all(jobs, commands)) {
    // What was claimed meanwhile runs to its end.
    if (!applied && applied.error().code == Errc::unavailable) return fail(applied.error());
  }
  return {};
}

Result<domain::Limit> limit_named(ports::DispatchStore& line, domain::LimitScope scope,
                                  std::string_view name) {
  TRY(const auto limits, line.limits());
  for (const auto& limit : limits) {
    if (limit.scope == scope && limit.name == name) return limit;
  }
  domain::Limit limit;
  limit.scope = scope;
  limit.name = name;
  return limit;
}

}  // namespace trainyard::service
