#include "api/control/reaper.hpp"

namespace trainyard::control {

Reaper::Reaper(log::Log log, ports::JobStore& store, ReaperOptions options)
    : log_(log),
      store_(store),
      options_(options),
      watch_(options.lease),
      outage_(log, "store (looking for dead leases)", options.backoff),
      ticker_([this] { return round(); }) {}

milliseconds Reaper::round() {
  const auto expired = store_.expired_leases(options_.set_max);
  if (!expired) return outage_.failed(expired.error());
  outage_.over();
  const auto now = std::chrono::steady_clock::now();
  const auto dead = watch_.observe(*expired, now);
  if (!dead.empty()) {
    rescue(dead);
    // A full page hides what is behind it.
    if (static_cast<int>(expired->size()) == options_.set_max) return milliseconds(0);
  }
  const auto due = watch_.next_due();
  if (due <= now) return options_.backoff.first;  // a rescue did not go through
  if (due - now >= options_.interval) return options_.interval;
  return std::chrono::ceil<milliseconds>(due - now);
}

void Reaper::rescue(std::span<const ports::LeaseSnapshot> dead) {
  std::vector<domain::JobCommand> commands;
  commands.reserve(dead.size());
  for (const auto& lease : dead) {
    commands.push_back(domain::Rescue{.job_id = lease.job_id,
                                      .fence = lease.fence,
                                      .renewals = lease.renewals,
                                      .policy = options_.policy});
  }
  const auto applied = store_.apply(commands);
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i]) {
      log_.warn("job rescued", {{"job_id", dead[i].job_id.to_string()},
                                {"worker_id", dead[i].worker_id},
                                {"fence", dead[i].fence},
                                {"status", domain::to_string(applied[i]->job.status)}});
    } else if (applied[i].error().code != Errc::lease_lost) {  // else it was alive, or is done
      log_.debug("rescue failed",
                 {{"job_id", dead[i].job_id.to_string()}, {"error", applied[i].error()}});
    }
  }
}

}  // namespace trainyard::control
