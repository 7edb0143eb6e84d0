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

// How many jobs of a lane are read at first while there are limits: when one holds a lane back, a
// few slots come free at a time, however many jobs wait for them.
constexpr int glance = 100;

bool has_rate(std::span<const domain::Limit> limits) {
  return std::ranges::any_of(limits, [](const auto& limit) { return limit.rate.has_value(); });
}

// Whether a lane's jobs were all admitted and more of them may wait than were read.
bool is_cut_short(const ports::Line& line, std::span<const domain::WaitingJob> admitted, int read) {
  return std::ranges::any_of(line.waiting, [&](const auto& lane) {
    return std::ssize(lane.jobs) >= read &&
           std::ranges::find(admitted, lane.jobs.back().id, &domain::WaitingJob::id) !=
               admitted.end();
  });
}

Result<Admitted> admit_alone(ports::DispatchStore& line, ports::JobStore& jobs, int limit) {
  TRY(const auto capacity, line.capacity());
  if (capacity.due == 0) return Admitted{};
  const int room = std::min(limit, capacity.room());
  if (room == 0) return Admitted{.more_wait_for_room = true};
  TRY(const auto limits, line.limits());
  domain::Buckets buckets_before;
  if (has_rate(limits)) {
    TRY(buckets_before, line.buckets());
  }
  auto buckets = buckets_before;
  domain::AdmissionAnswer answer;
  for (int read = limits.empty() ? room : std::min(room, glance);; read = room) {
    TRY(const auto waiting, line.line(read));
    buckets = buckets_before;
    answer = domain::choose({.waiting = waiting.waiting,
                             .busy = waiting.busy,
                             .limits = limits,
                             .room = room,
                             .now = capacity.now},
                            buckets);
    if (read == room || !is_cut_short(waiting, answer.admitted, read)) break;
  }
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
