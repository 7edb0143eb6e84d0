#include "api/control/lease_watch.hpp"

namespace trainyard::control {

std::vector<ports::LeaseSnapshot> LeaseWatch::observe(std::span<const ports::LeaseSnapshot> expired,
                                                      TimePoint now) {
  std::vector<ports::LeaseSnapshot> dead;
  std::unordered_map<JobId, Seen> still_seen;
  for (const auto& lease : expired) {
    const auto before = seen_.find(lease.job_id);
    const bool unchanged = before != seen_.end() && before->second.fence == lease.fence &&
                           before->second.renewals == lease.renewals;
    const auto since = unchanged ? before->second.since : now;
    still_seen.emplace(lease.job_id, Seen{lease.fence, lease.renewals, since});
    if (now - since >= lease_) dead.push_back(lease);
  }
  seen_ = std::move(still_seen);
  return dead;
}

LeaseWatch::TimePoint LeaseWatch::next_due() const {
  auto due = TimePoint::max();
  for (const auto& [job, seen] : seen_)
    due = std::min(due, seen.since + lease_);
  return due;
}

}  // namespace trainyard::control
