#pragma once

#include "api/control/lease_watch.hpp"
#include "api/control/relay_window.hpp"
#include "tests/simulation/faulty_store.hpp"
#include "tests/simulation/flaky_bus.hpp"
#include "tests/support/memory_store/memory_dispatch.hpp"

#include <functional>
#include <memory>

namespace trainyard::simulation {

// The control loops on their real cores: admission, the relay's window, the reaper's watch. Two of
// them may be at it at the same time, and each may crash.
class Control {
 public:
  Control(Schedule& schedule, FaultyStore& store, memory_store::MemoryDispatch& line,
          FlakyBus& bus);

  void crash();

 private:
  struct Boot;

  void boot();
  void later(milliseconds delay, std::function<void()> what);
  void dispatch();
  void announce_forgotten();
  void relay();
  void send(control::Parcel parcel);
  void reap();

  Schedule& schedule_;
  FaultyStore& store_;
  memory_store::MemoryDispatch& line_;
  FlakyBus& bus_;
  std::shared_ptr<Boot> boot_;
};

}  // namespace trainyard::simulation
