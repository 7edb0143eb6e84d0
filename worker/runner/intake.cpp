#include "worker/runner/intake.hpp"

#include "common/runtime/child_pool.hpp"
#include "common/runtime/pause.hpp"
#include "common/wire/job_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace trainyard::runner {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int set_max = 1'000;
// Room comes back sooner than this with short jobs, and pausing costs the bus its prefetch.
constexpr milliseconds pause_after{200};
constexpr milliseconds paused_poll{1'000};
constexpr milliseconds gather_time{5};
constexpr milliseconds active_for{10'000};
constexpr milliseconds next_page{50};
constexpr runtime::Backoff pauses{.first = milliseconds(50), .last = milliseconds(1'000)};

bool is_unknown_outcome(const Result<domain::JobChange>& applied) {
  return !applied &&
         (applied.error().code == Errc::unavailable || applied.error().code == Errc::in_doubt);
}

}  // namespace

Intake::Intake(log::Log log, ports::JobStore& store, ports::EventBus& bus,
               ports::Executor& executor, LeaseTable& leases, IntakeOptions options)
    : log_(std::move(log)),
      store_(store),
      bus_(bus),
      executor_(executor),
      leases_(leases),
      options_(std::move(options)),
      random_(std::random_device{}()),
      claiming_(log_, "store (claiming jobs)", pauses),
      reading_(log_, "event bus (reading jobs)", pauses),
      look_for_lost_at_(steady_clock::now()) {}

Result<void> Intake::subscribe() {
  TRY(subscription_, bus_.subscribe({.topics = {ports::topics::train_requested},
                                     .group = "trainyard-workers",
                                     .buffered_max = 2 * set_max}));
  return {};
}

void Intake::run(std::stop_token stop) {
  const std::stop_callback on_stop(stop, [this] { subscription_->wake(); });
  while (!stop.stop_requested()) {
    if (const int room = executor_.capacity(); room > 0) {
      take_in(stop, std::min(room, set_max));
    } else {
      await_room(stop);
    }
  }
}

void Intake::capacity_freed() {
  if (!wants_room_.load()) return;
  {
    const std::lock_guard lock(mutex_);
    wants_room_ = false;
  }
  room_.notify_one();
  subscription_->wake();
}

void Intake::await_room(std::stop_token stop) {
  wants_room_ = true;
  const auto has_room = [this] { return !wants_room_ || executor_.capacity() > 0; };
  std::unique_lock lock(mutex_);
  const bool came = room_.wait_for(lock, stop, pause_after, has_room);
  lock.unlock();
  if (!came && !stop.stop_requested()) {
    subscription_->pause();
    while (!stop.stop_requested() && executor_.capacity() <= 0) {
      wants_room_ = true;
      if (executor_.capacity() > 0) break;
      keep_membership(stop, paused_poll);
    }
    subscription_->resume();
  }
  wants_room_ = false;
}

bool Intake::keep_membership(std::stop_token stop, milliseconds time) {
  auto polled = subscription_->poll(1, time);
  if (!polled) return runtime::pause_for(stop, time);
  std::ranges::move(*polled, std::back_inserter(carried_over_));  // it was on its way already
  return stop.stop_requested();
}

// While jobs come several at a time, the next ones get time to gather: a claim costs a transaction,
// however many it claims. A lone job is not kept waiting.
void Intake::gather(std::stop_token stop) {
  if (claimed_last_ < 2) return;
  const auto left =
      std::chrono::ceil<milliseconds>(claimed_at_ + gather_time - steady_clock::now());
  if (left.count() > 0) runtime::pause_for(stop, left);
}

void Intake::take_in(std::stop_token stop, int room) {
  gather(stop);
  const auto left = std::chrono::ceil<milliseconds>(look_for_lost_at_ - steady_clock::now());
  auto deliveries = carried_over_.empty()
                        ? subscription_->poll(room, std::max(left, milliseconds(0)))
                        : std::exchange(carried_over_, {});
  if (!deliveries) {
    runtime::pause_for(stop, reading_.failed(deliveries.error()));
  } else {
    reading_.over();
    claim(stop, read(std::move(*deliveries)));
  }
  if (steady_clock::now() >= look_for_lost_at_ && !stop.stop_requested()) {
    claim_lost_ones(stop, executor_.capacity());
  }
}

void Intake::claim_lost_ones(std::stop_token stop, int room) {
  // Soon again while there is work about.
  const bool is_active = steady_clock::now() - claimed_at_ < active_for;
  const auto interval = is_active ? std::min(options_.direct_claim_interval, options_.unclaimed_age)
                                  : options_.direct_claim_interval;
  const auto jitter = std::uniform_int_distribution<std::int64_t>(0, interval.count() / 2)(random_);
  look_for_lost_at_ = steady_clock::now() + interval + milliseconds(jitter);
  if (room <= 0) return;
  const auto refs = store_.unclaimed(options_.unclaimed_age, std::min(room, set_max));
  if (!refs || refs->empty()) return;
  // A full page hides what is behind it: their part of the topic may have lost its reader.
  if (std::ssize(*refs) >= std::min(room, set_max)) {
    look_for_lost_at_ = std::min(look_for_lost_at_, steady_clock::now() + next_page);
  }
  std::vector<Wanted> wanted;
  for (const auto& ref : *refs)
    wanted.push_back(want(ref));
  log_.info("claiming jobs whose message is late", {{"jobs", wanted.size()}});
  claim(stop, std::move(wanted));
}

Intake::Wanted Intake::want(const ports::DispatchRef& ref) const {
  return {.claim = {.job_id = ref.job_id,
                    .dispatch_no = ref.dispatch_no,
                    .worker_id = options_.worker_id,
                    .token = ClaimToken::make(),
                    .lease = options_.lease}};
}

// A set names each job once. Dispatch numbers only rise, so of several messages for one job all but
// the newest are old news, and as good as done once that one is.
std::vector<Intake::Wanted> Intake::read(std::vector<ports::Delivery> deliveries) {
  std::vector<Wanted> wanted;
  std::unordered_map<JobId, std::size_t> by_job;
  for (auto& delivery : deliveries) {
    const auto parsed = wire::parse_train_requested(delivery.message.value);
    if (!parsed) {
      park(delivery, describe(parsed.error()));
      continue;
    }
    const auto& request = parsed->request;
    const auto [place, is_first] = by_job.emplace(request.job_id, wanted.size());
    if (is_first) {
      wanted.push_back(want({.job_id = request.job_id, .dispatch_no = request.dispatch_no}));
      wanted.back().delivery = std::move(delivery);
      continue;
    }
    auto& known = wanted[place->second];
    if (request.dispatch_no > known.claim.dispatch_no) {
      known.claim.dispatch_no = request.dispatch_no;
      std::swap(*known.delivery, delivery);
    }
    known.older.push_back(std::move(delivery.position));
  }
  return wanted;
}

void Intake::claim(std::stop_token stop, std::vector<Wanted> wanted) {
  if (wanted.empty()) return;
  claimed_at_ = steady_clock::now();
  claimed_last_ = wanted.size();
  const auto applied = apply_until_known(stop, wanted);
  std::vector<ports::Position> done;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    settle(wanted[i], applied[i], done);
  if (!done.empty()) subscription_->done(done);
}

// The same tokens each time: a claim that was committed after all is recognised.
ports::Applied Intake::apply_until_known(std::stop_token stop, std::vector<Wanted>& wanted) {
  ports::Applied applied(wanted.size(), fail(Errc::unavailable, "not tried yet"));
  std::vector<std::size_t> open(wanted.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  bool paused = false;
  while (true) {
    apply_some(open, wanted, applied);
    std::erase_if(open, [&](std::size_t i) { return !is_unknown_outcome(applied[i]); });
    if (open.empty()) {
      claiming_.over();
      break;
    }
    const auto wait = claiming_.failed(applied[open.front()].error());
    if (!std::exchange(paused, true)) subscription_->pause();
    if (keep_membership(stop, wait) || stop.stop_requested()) break;
  }
  if (paused) subscription_->resume();
  return applied;
}

void Intake::apply_some(const std::vector<std::size_t>& which, std::vector<Wanted>& wanted,
                        ports::Applied& applied) {
  const auto asked_at = runtime::boottime_now();
  std::vector<domain::JobCommand> claims;
  claims.reserve(which.size());
  for (const auto i : which) {
    if (!wanted[i].in_doubt) wanted[i].asked_at = asked_at;
    claims.emplace_back(wanted[i].claim);
  }
  auto answers = store_.apply(claims);
  for (std::size_t k = 0; k < which.size(); ++k) {
    auto& answer = applied[which[k]] = std::move(answers[k]);
    if (!answer && answer.error().code == Errc::in_doubt) wanted[which[k]].in_doubt = true;
  }
}

void Intake::settle(const Wanted& wanted, const Result<domain::JobChange>& applied,
                    std::vector<ports::Position>& done) {
  if (is_unknown_outcome(applied)) return;  // stopping: the message comes again to another worker
  done.insert(done.end(), wanted.older.begin(), wanted.older.end());
  if (!applied && applied.error().code == Errc::not_found && wanted.delivery) {
    return park(*wanted.delivery, "no such job");
  }
  if (applied) {
    const auto& job = applied->job;
    const auto lease = job.options.lease.count() > 0 ? job.options.lease : options_.lease;
    if (!leases_.add(job, wanted.asked_at, lease)) executor_.abandon(job.id);
    executor_.start(job, wanted.asked_at + lease);
    if (leases_.take_cancel(job.id)) executor_.cancel(job.id);
  } else if (applied.error().code != Errc::lease_lost &&
             applied.error().code != Errc::illegal_transition) {
    log_.error("a job cannot be claimed",
               {{"job_id", wanted.claim.job_id.to_string()}, {"reason", applied.error()}});
  }
  if (wanted.delivery) done.push_back(wanted.delivery->position);
}

void Intake::park(const ports::Delivery& delivery, const std::string& reason) {
  const auto& position = delivery.position;
  const auto& message = delivery.message;
  log_.warn("a message is parked", {{"topic", message.topic},
                                    {"partition", position.partition},
                                    {"offset", position.offset},
                                    {"reason", reason}});
  const auto event = wire::message_refused_event({.topic = message.topic,
                                                  .partition = position.partition,
                                                  .offset = position.offset,
                                                  .key = message.key,
                                                  .reason = reason,
                                                  .message = message.value},
                                                 options_.source, system_clock().now());
  const ports::Message parked{
      .topic = ports::topics::dead_letter, .key = message.key, .value = to_json(event)};
  bus_.publish({&parked, 1},
               [subscription = subscription_, position](std::size_t, const Result<void>& fate) {
                 // Not parked: it comes again after a restart.
                 if (fate) subscription->done({&position, 1});
               });
}

}  // namespace trainyard::runner
