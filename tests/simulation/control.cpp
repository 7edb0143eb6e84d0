#include "tests/simulation/control.hpp"

#include "api/control/admit.hpp"
#include "tests/simulation/worker.hpp"

namespace trainyard::simulation {

struct Control::Boot {
  control::RelayWindow window{{.rows_max = 50, .announcements_max = 10, .parked_max = 1'000}};
  control::LeaseWatch watch{Worker::lease};
};

Control::Control(Schedule& schedule, FaultyStore& store, memory_store::MemoryDispatch& line,
                 FlakyBus& bus)
    : schedule_(schedule), store_(store), line_(line), bus_(bus) {
  boot();
}

void Control::boot() {
  boot_ = std::make_shared<Boot>();
  dispatch();
  announce_forgotten();
  relay();
  reap();
}

void Control::crash() {
  boot_.reset();
  store_.lose_memory();
  schedule_.after(schedule_.between(10ms, 5s), [this] { boot(); });
}

void Control::later(milliseconds delay, std::function<void()> what) {
  schedule_.after(delay, [boot = std::weak_ptr(boot_), what = std::move(what)] {
    if (!boot.expired()) what();
  });
}

void Control::dispatch() {
  later(schedule_.between(5ms, 500ms), [this] {
    std::ignore = control::admit(line_, store_, 100);
    dispatch();
  });
}

void Control::announce_forgotten() {
  later(30s, [this] {
    std::ignore = store_.announce_again(60s, 100);
    announce_forgotten();
  });
}

void Control::relay() {
  later(schedule_.between(1ms, 100ms), [this] {
    auto& window = boot_->window;
    if (window.has_failed()) window.retry();
    if (window.has_room()) {
      if (const auto entries = store_.outbox(20, window.skip())) {
        for (const auto& entry : *entries) {
          control::RelayRow row{.id = entry.id, .key = entry.job->id.to_string()};
          for (const auto& line : entry.history) {
            row.events.push_back({.key = row.key, .value = std::to_string(line.version)});
          }
          if (entry.dispatch_no) {
            row.announcement =
                control::Announcement{.job_id = entry.job->id, .dispatch_no = *entry.dispatch_no};
          }
          window.add(std::move(row));
        }
      }
    }
    for (auto& parcel : window.take_ready())
      send(std::move(parcel));
    const auto finished = window.take_finished();
    std::ignore = store_.outbox_done(finished);
    window.forget(finished);
    relay();
  });
}

void Control::send(control::Parcel parcel) {
  const auto report = [boot = std::weak_ptr(boot_), row = parcel.row, part = parcel.part](bool ok) {
    const auto alive = boot.lock();
    if (!alive) return;
    ok ? alive->window.delivered(row, part) : alive->window.failed(row, part);
  };
  if (parcel.part == control::Parcel::announcement_part) {
    bus_.announce({.job = parcel.announcement.job_id.to_string(),
                   .dispatch_no = parcel.announcement.dispatch_no},
                  report);
  } else {
    bus_.tell(parcel.event, report);
  }
}

void Control::reap() {
  later(schedule_.between(1s, 4s), [this] {
    if (const auto expired = store_.expired_leases(100)) {
      const auto now = control::LeaseWatch::TimePoint(schedule_.now().time_since_epoch());
      for (const auto& dead : boot_->watch.observe(*expired, now)) {
        const domain::JobCommand rescue = domain::Rescue{.job_id = dead.job_id,
                                                         .fence = dead.fence,
                                                         .renewals = dead.renewals,
                                                         .policy = {.interruptions_max = 1'000}};
        store_.apply({&rescue, 1});
      }
    }
    reap();
  });
}

}  // namespace trainyard::simulation
