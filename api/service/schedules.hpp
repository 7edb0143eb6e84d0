#pragma once

#include "api/service/definitions.hpp"
#include "api/service/find_zone.hpp"
#include "api/service/start_training.hpp"
#include "common/wire/schedule_json.hpp"

// What users do with schedules beside reading and removing them. All block. Errors also:
// not_found, forbidden, the store's.

namespace trainyard::service {

struct Scheduling {
  ports::DefinitionStore& definitions;
  const JobIntake& intake;
  const FindZone& find_zone;
  const Clock& clock;
};

// Stores a schedule; its first occurrence is the next one from now. invalid_argument.
Result<ports::Definition> put_schedule(const Scheduling& with, const Caller& caller,
                                       std::string_view name, std::string_view body);

// Pauses or resumes it. What would have occurred while it was paused does not count as missed.
Result<ports::Definition> enable_schedule(const Scheduling& with, const Caller& caller,
                                          std::string_view name, Enabled enabled);

// Starts its training now, beside its occurrences.
Result<StartedTraining> run_schedule(const Starting& with, const Caller& caller,
                                     std::string_view name);

}  // namespace trainyard::service
