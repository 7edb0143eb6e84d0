#include "api/service/entry_gate.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds limits_age{250};
constexpr milliseconds room_age{100};
constexpr milliseconds short_room_age{50};  // when there was none
constexpr milliseconds backlog_age{100};

template <class Time>
bool is_old(const std::optional<Time>& at, milliseconds age) {
  return !at || Time::clock::now() - *at >= age;
}

}  // namespace

std::vector<std::optional<Error>> EntryGate::decide(std::span<domain::NewJob> jobs) {
  std::vector<std::optional<Error>> refused(jobs.size());
  const std::lock_guard lock(mutex_);
  refresh_limits();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& job = jobs[i];
    if (!job.submit) continue;
    if (const auto entry = entry_of(domain::lane_of(job.user_id, job.options))) {
      job.entry = *entry;
    } else {
      refused[i] = entry.error();
    }
  }
  return refused;
}

Result<std::size_t> EntryGate::decide(const domain::Lane& lane, std::size_t jobs) {
  const std::lock_guard lock(mutex_);
  refresh_limits();
  std::size_t announced = 0;
  for (std::size_t i = 0; i < jobs; ++i) {
    TRY(const auto entry, entry_of(lane));
    announced += entry == domain::Entry::announced ? 1 : 0;
  }
  return announced;
}

Result<domain::Entry> EntryGate::entry_of(const domain::Lane& lane) {
  if (auto refused = over_backlog(lane)) return fail(*std::move(refused));
  const bool is_free = !is_limited(limits_, lane) && takes_room();
  return is_free ? domain::Entry::announced : domain::Entry::in_line;
}

void EntryGate::forget() {
  const std::lock_guard lock(mutex_);
  limits_read_at_.reset();
  room_read_at_.reset();
  backlogs_.clear();
}

// When the store is away, the accepting itself is going to say so.
void EntryGate::refresh_limits() {
  if (!is_old(limits_read_at_, limits_age)) return;
  if (auto limits = line_.limits()) limits_ = *std::move(limits);
  limits_read_at_ = Clock::now();
}

bool EntryGate::takes_room() {
  if (is_old(room_read_at_, room_ > 0 ? room_age : short_room_age)) {
    const auto capacity = line_.capacity();
    room_ = capacity && capacity->due == 0 ? capacity->room() : 0;
    room_read_at_ = Clock::now();
  }
  if (room_ <= 0) return false;
  --room_;
  return true;
}

std::optional<Error> EntryGate::over_backlog(const domain::Lane& lane) {
  for (const auto scope : domain::all_limit_scopes) {
    const auto* limit = limit_of(limits_, scope, lane);
    if (limit == nullptr || !limit->backlog) continue;
    const auto& name = lane.name_of(scope);
    auto& backlog = backlogs_[{scope, name}];
    if (Clock::now() - backlog.counted_at >= backlog_age) {
      const auto waiting = line_.backlog(scope, name, *limit->backlog);
      if (waiting) backlog = {.waiting = *waiting, .counted_at = Clock::now()};
    }
    if (backlog.waiting >= *limit->backlog) {
      return Error{
          .code = Errc::limited,
          .detail = fmt::format("{} jobs of {} '{}' are waiting already, which is the limit",
                                *limit->backlog, to_string(scope), name),
          .field = scope == domain::LimitScope::user ? "user_id"
                                                     : fmt::format("options.{}", to_string(scope)),
          .hint = "wait until some have begun, or ask for a higher limit"};
    }
    ++backlog.waiting;
  }
  return std::nullopt;
}

}  // namespace trainyard::service
