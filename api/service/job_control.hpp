#pragma once

#include "common/domain/job.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"

#include <span>

namespace trainyard::service {

// Tells the workers that hold these jobs to stop them. Only a shortcut: the cancel is in the store
// already and reaches its worker with the next lease renewal, so a lost message costs seconds.
// Thread-safe. The bus must outlive it.
class JobControl {
 public:
  JobControl(log::Log log, ports::EventBus& bus) : log_(std::move(log)), bus_(bus) {}

  void cancel(std::span<const domain::Job> jobs);

 private:
  log::Log log_;
  ports::EventBus& bus_;
};

}  // namespace trainyard::service
