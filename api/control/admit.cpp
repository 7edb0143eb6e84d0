#include "api/control/admit.hpp"

#include <algorithm>

namespace trainyard::control {
namespace {

// What moved on meanwhile (cancelled, say) is no concern of the line's any more.
Result<int> announce(ports::JobStore& jobs, std::span<const domain::WaitingJob> chosen) {
  std::vector<domain::Admit> admissions;
  admissions.reserve(chosen.size());
  for (const auto& job : chosen)
    admissions.push_back({.job_id = job.id, .dispatch_no = job.dispatch_no});
  return jobs.admit(admissions);
}

Result<Admitted> admit_alone(ports::DispatchStore& line, ports::JobStore& jobs, int limit) {
  TRY(const auto capacity, line.capacity());
  if (capacity.due == 0) return Admitted{};
  const int room = std::min(limit, capacity.room());
  if (room == 0) return Admitted{.more_wait_for_room = true};
  TRY(const auto limits, line.limits());
  TRY(const auto buckets_before, line.buckets());
  auto buckets = buckets_before;
  TRY(const auto waiting, line.line(room));
  const auto answer = domain::choose({.waiting = waiting.waiting,
                                      .busy = waiting.busy,
                                      .limits = limits,
                                      .room = room,
                                      .now = capacity.now},
                                     buckets);
  TRY(const int announced, announce(jobs, answer.admitted));
  if (buckets != buckets_before) TRY_DO(line.put_buckets(buckets));
  return Admitted{
      .jobs = announced,
      .more_wait_for_room = answer.waits_for_an_end || std::ssize(answer.admitted) == room,
      .next_at = answer.next_at};
}

}  // namespace

Result<Admitted> admit(ports::DispatchStore& line, ports::JobStore& jobs, int limit) {
  Admitted admitted;
  TRY_DO(line.alone([&]() -> Result<void> {
    TRY(admitted, admit_alone(line, jobs, limit));
    return {};
  }));
  return admitted;
}

}  // namespace trainyard::control
