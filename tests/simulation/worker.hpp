#pragma once

#include "tests/simulation/faulty_store.hpp"
#include "tests/simulation/flaky_bus.hpp"
#include "tests/support/memory_store/memory_dispatch.hpp"
#include "worker/runner/lease_table.hpp"

#include <memory>
#include <string>

namespace trainyard::simulation {

// A worker's part of the protocol, on the real lease table: claims what it hears of, renews,
// reports the end. It may crash and come back as another worker, or stop for a while without
// knowing it.
class Worker {
 public:
  Worker(Schedule& schedule, FaultyStore& store, memory_store::MemoryDispatch& line, int slots);

  FlakyBus::Consumer consumer();
  void crash();                    // and boot again, with nothing remembered
  void freeze(milliseconds time);  // whatever it was about to do, it does afterwards
  void set_troubles(int percent) { troubles_ = percent; }

  static constexpr milliseconds lease = 10s;

 private:
  struct Boot;  // what a crash takes away

  void boot();
  // Runs `what` later, unless this boot is over by then; not while it is frozen.
  void later(milliseconds delay, std::function<void()> what);
  runner::Boottime clock() const;
  void hear(const FlakyBus::Work& work, const std::function<void()>& done);
  void claim(const domain::Claim& claim, runner::Boottime asked_at,
             const std::function<void()>& done, bool in_doubt);
  void work(const domain::Job& job);
  void report(const domain::Finish& finish);
  void renew();
  void look_for_lost_jobs();
  void offer();

  Schedule& schedule_;
  FaultyStore& store_;
  memory_store::MemoryDispatch& line_;
  int slots_;
  int troubles_ = 0;
  TimePoint frozen_until_;
  std::shared_ptr<Boot> boot_;
};

}  // namespace trainyard::simulation
