#include "tests/simulation/worker.hpp"

#include <fmt/format.h>

namespace trainyard::simulation {

struct Worker::Boot {
  std::string id;
  runner::LeaseTable leases;
};

Worker::Worker(Schedule& schedule, FaultyStore& store, memory_store::MemoryDispatch& line,
               int slots)
    : schedule_(schedule), store_(store), line_(line), slots_(slots) {
  boot();
}

void Worker::boot() {
  boot_ = std::make_shared<Boot>();
  boot_->id = schedule_.id().to_string();
  offer();
  renew();
  look_for_lost_jobs();
}

void Worker::crash() {
  boot_.reset();
  frozen_until_ = {};
  schedule_.after(schedule_.between(10ms, 5s), [this] { boot(); });
}

void Worker::freeze(milliseconds time) {
  frozen_until_ = schedule_.now() + time;
}

void Worker::later(milliseconds delay, std::function<void()> what) {
  schedule_.after(delay, [this, boot = std::weak_ptr(boot_), what = std::move(what)]() mutable {
    if (boot.expired()) return;
    if (schedule_.now() < frozen_until_) {
      const auto rest = std::chrono::ceil<milliseconds>(frozen_until_ - schedule_.now());
      return later(rest, std::move(what));
    }
    what();
  });
}

runner::Boottime Worker::clock() const {
  return schedule_.now().time_since_epoch();
}

FlakyBus::Consumer Worker::consumer() {
  return [this](const FlakyBus::Work& work, const std::function<void()>& done) {
    if (!boot_) return;
    later(0ms, [this, work, done] { hear(work, done); });
  };
}

void Worker::hear(const FlakyBus::Work& work, const std::function<void()>& done) {
  if (boot_->leases.size() >= slots_ + 2) {  // no room: the message waits
    return later(500ms, [this, work, done] { hear(work, done); });
  }
  claim({.job_id = *JobId::parse(work.job),
         .dispatch_no = work.dispatch_no,
         .worker_id = boot_->id,
         .token = ClaimToken(schedule_.id()),
         .lease = lease},
        clock(), done, false);
}

// The statement is on its way for a while; so is its answer.
void Worker::claim(const domain::Claim& claim, runner::Boottime asked_at,
                   const std::function<void()>& done, bool in_doubt) {
  later(schedule_.between(0ms, 20ms), [this, claim, asked_at, done, in_doubt] {
    const domain::JobCommand command = claim;
    const auto claimed = store_.apply({&command, 1}).front();
    if (!claimed &&
        (claimed.error().code == Errc::unavailable || claimed.error().code == Errc::in_doubt)) {
      const bool doubt = in_doubt || claimed.error().code == Errc::in_doubt;
      return later(200ms, [this, claim, asked_at, done, doubt] {
        this->claim(claim, doubt ? asked_at : clock(), done, doubt);
      });
    }
    done();
    if (!claimed) return;
    boot_->leases.add(claimed->job, asked_at, lease);
    work(claimed->job);
  });
}

void Worker::work(const domain::Job& job) {
  const auto duration =
      schedule_.chance(20) ? schedule_.between(5s, 30s) : schedule_.between(0ms, 3s);
  later(duration, [this, id = job.id, fence = job.fence] {
    domain::Finish finish{.job_id = id, .fence = fence, .outcome = domain::Succeeded{}};
    if (schedule_.chance(10)) {
      finish.outcome = domain::Failed{.error = {.code = Errc::unavailable, .detail = "no answer"},
                                      .policy = {.delay = 1s}};
    } else if (schedule_.chance(5)) {
      finish.outcome = domain::HandedBack{};
    } else {
      finish.outcome =
          domain::Succeeded{.results = fmt::format("{{\"fence\":{}}}", fence), .metrics = "{}"};
    }
    if (!boot_->leases.holds(id, fence, clock())) return;
    if (!boot_->leases.begin_end(id, fence)) return;
    report(finish);
  });
}

void Worker::report(const domain::Finish& finish) {
  // It may be frozen between the look at its lease and the writing.
  if (schedule_.chance(troubles_)) freeze(schedule_.between(1s, 40s));
  later(schedule_.between(0ms, 20ms), [this, finish] {
    const domain::JobCommand command = finish;
    const auto ended = store_.apply({&command, 1}).front();
    if (!ended &&
        (ended.error().code == Errc::unavailable || ended.error().code == Errc::in_doubt)) {
      return later(200ms, [this, finish] { report(finish); });
    }
    boot_->leases.remove(finish.job_id, finish.fence);
  });
}

void Worker::renew() {
  later(lease / 3, [this] {
    auto& leases = boot_->leases;
    leases.take_expired(clock());
    const auto refs = leases.refs();
    const auto sent_at = clock();
    if (const auto renewed = store_.renew(boot_->id, refs, lease)) {
      for (const auto& [job, fence] : refs) {
        const auto kept = std::ranges::find(*renewed, job, &ports::Renewal::job_id);
        if (kept == renewed->end() || kept->fence != fence) {
          leases.remove(job, fence);
        } else {
          leases.extend(job, fence, sent_at);
          if (kept->cancel_requested && leases.begin_end(job, fence)) {
            report({.job_id = job, .fence = fence, .outcome = domain::Stopped{}});
          }
        }
      }
    }
    renew();
  });
}

void Worker::look_for_lost_jobs() {
  later(schedule_.between(5s, 8s), [this] {
    if (boot_->leases.size() < slots_) {
      if (const auto refs = store_.unclaimed(5s, slots_)) {
        for (const auto& ref : *refs)
          hear({.job = ref.job_id.to_string(), .dispatch_no = ref.dispatch_no}, [] {});
      }
    }
    look_for_lost_jobs();
  });
}

void Worker::offer() {
  std::ignore = line_.report({.worker_id = boot_->id, .slots = slots_, .appetite = slots_});
  later(20s, [this] { offer(); });
}

}  // namespace trainyard::simulation
