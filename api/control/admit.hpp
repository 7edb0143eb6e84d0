#pragma once

#include "common/ports/dispatch_store.hpp"
#include "common/ports/job_store.hpp"

#include <optional>

namespace trainyard::control {

struct Admitted {
  int jobs = 0;
  bool more_wait_for_room = false;   // more could go if a job ended or the workers had room
  std::optional<TimePoint> next_at;  // when time alone may let a job in that is held back now
};

// Announces the jobs whose turn it is (domain::choose), `limit` at most and no more than the
// workers have room for. What is announced and running is counted and added to while no other
// dispatcher does the same, so no limit is overrun. Errors: the store's.
Result<Admitted> admit(ports::DispatchStore& line, ports::JobStore& jobs, int limit);

}  // namespace trainyard::control
