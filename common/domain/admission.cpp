#include "common/domain/admission.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

namespace trainyard::domain {
namespace {

// Nothing is taken from a bucket that was never used, so it is full.
Bucket refilled(const Rate& rate, const Buckets& buckets, const BucketKey& key, TimePoint now) {
  const auto known = buckets.find(key);
  const double full = rate.burst;
  if (known == buckets.end()) return {.tokens = full, .at = now};
  const auto passed = std::max(now - known->second.at, TimePoint::duration::zero());
  const double grown = std::chrono::duration<double>(passed) /
                       std::chrono::duration<double>(rate.period) * rate.jobs;
  return {.tokens = std::min(full, known->second.tokens + grown), .at = now};
}

TimePoint next_token(const Rate& rate, const Bucket& bucket) {
  const double missing = 1.0 - bucket.tokens;
  const auto wait = std::chrono::duration<double>(rate.period) * (missing / rate.jobs);
  return bucket.at + std::chrono::ceil<milliseconds>(wait);
}

struct LanePlace {
  TimePoint rank;  // of the lane's first job
  std::size_t lane;
  auto operator<=>(const LanePlace&) const = default;
};

// One user's lanes, first in line on top, and how much of the workers is theirs.
struct UserLine {
  int in_flight = 0;
  std::priority_queue<LanePlace, std::vector<LanePlace>, std::greater<>> lanes;
};

struct UserPlace {
  int in_flight;
  TimePoint rank;
  const std::string* user;
  bool operator>(const UserPlace& other) const {
    return std::tie(in_flight, rank, *user) > std::tie(other.in_flight, other.rank, *other.user);
  }
};

class Chooser {
 public:
  Chooser(const AdmissionQuestion& question, Buckets& buckets)
      : question_(question),
        buckets_(buckets),
        in_flight_(question.busy),
        next_(question.waiting.size()) {
    // A clock that stepped back must not stop the refilling until it has caught up.
    for (auto& [key, bucket] : buckets_)
      bucket.at = std::min(bucket.at, question.now);
    for (std::size_t i = 0; i < question.waiting.size(); ++i) {
      auto& line = lines_[question.waiting[i].lane.user_id];
      line_up(line, i);
    }
    for (auto& [user, line] : lines_) {
      line.in_flight = in_flight_.of(LimitScope::user, user);
      line_up(user, line);
    }
  }

  AdmissionAnswer run() {
    while (std::ssize(answer_.admitted) < question_.room && !users_.empty()) {
      const auto& user = *users_.top().user;
      users_.pop();
      auto& line = lines_[user];
      const auto lane = line.lanes.top().lane;
      line.lanes.pop();
      // What is held back now stays so for this round.
      if (!is_held(lane)) {
        admit(lane);
        ++line.in_flight;
        line_up(line, lane);
      }
      line_up(user, line);
    }
    return std::move(answer_);
  }

 private:
  void line_up(UserLine& line, std::size_t lane) {
    const auto& jobs = question_.waiting[lane].jobs;
    if (next_[lane] < jobs.size()) line.lanes.push({jobs[next_[lane]].rank, lane});
  }

  void line_up(const std::string& user, const UserLine& line) {
    if (!line.lanes.empty()) users_.push({line.in_flight, line.lanes.top().rank, &user});
  }

  bool is_held(std::size_t lane) {
    const auto hold = hold_on(question_.waiting[lane].lane, question_.limits, in_flight_, buckets_,
                              question_.now);
    if (hold.by == HeldBy::concurrency) answer_.waits_for_an_end = true;
    if (hold.until && *hold.until != Limit::until_resumed &&
        (!answer_.next_at || *hold.until < *answer_.next_at)) {
      answer_.next_at = hold.until;
    }
    return hold.by != HeldBy::nothing;
  }

  void admit(std::size_t index) {
    const auto& [lane, jobs] = question_.waiting[index];
    answer_.admitted.push_back(jobs[next_[index]++]);
    in_flight_.add(lane, 1);
    for (const auto scope : all_limit_scopes) {
      const auto* limit = limit_of(question_.limits, scope, lane);
      if (limit == nullptr || !limit->rate) continue;
      const BucketKey key{scope, lane.name_of(scope)};
      auto bucket = refilled(*limit->rate, buckets_, key, question_.now);
      bucket.tokens -= 1.0;
      buckets_[key] = bucket;
    }
  }

  const AdmissionQuestion& question_;
  Buckets& buckets_;
  InFlight in_flight_;
  std::vector<std::size_t> next_;  // per lane: the first job that is not admitted yet
  std::map<std::string, UserLine> lines_;
  std::priority_queue<UserPlace, std::vector<UserPlace>, std::greater<>> users_;
  AdmissionAnswer answer_;
};

}  // namespace

InFlight::InFlight(std::span<const BusyLane> busy) {
  for (const auto& [lane, jobs] : busy)
    add(lane, jobs);
}

void InFlight::add(const Lane& lane, int jobs) {
  for (const auto scope : all_limit_scopes) {
    const auto& name = lane.name_of(scope);
    if (!name.empty()) counts_[{scope, name}] += jobs;
  }
}

int InFlight::of(LimitScope scope, const std::string& name) const {
  const auto found = counts_.find({scope, name});
  return found == counts_.end() ? 0 : found->second;
}

Hold hold_on(const Lane& lane, std::span<const Limit> limits, const InFlight& in_flight,
             const Buckets& buckets, TimePoint now) {
  for (const auto scope : all_limit_scopes) {
    const auto* limit = limit_of(limits, scope, lane);
    if (limit == nullptr) continue;
    Hold hold;
    hold.scope = scope;
    hold.name = lane.name_of(scope);
    if (limit->paused_until && *limit->paused_until > now) {
      hold.by = HeldBy::pause;
      hold.until = limit->paused_until;
      hold.reason = limit->reason;
      return hold;
    }
    hold.in_flight = in_flight.of(scope, hold.name);
    if (limit->concurrency && hold.in_flight >= *limit->concurrency) {
      hold.by = HeldBy::concurrency;
      hold.allowed = *limit->concurrency;
      return hold;
    }
    if (!limit->rate) continue;
    const auto bucket = refilled(*limit->rate, buckets, {scope, hold.name}, now);
    if (bucket.tokens >= 1.0) continue;
    hold.by = HeldBy::rate;
    hold.until = next_token(*limit->rate, bucket);
    return hold;
  }
  return {};
}

AdmissionAnswer choose(const AdmissionQuestion& question, Buckets& buckets) {
  return Chooser(question, buckets).run();
}

}  // namespace trainyard::domain
