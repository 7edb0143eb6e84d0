#pragma once

#include "api/service/caller.hpp"
#include "api/service/create_batch.hpp"
#include "api/service/entry_gate.hpp"
#include "api/service/job_intake.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/job_store.hpp"
#include "common/wire/training_order.hpp"

namespace trainyard::service {

// What starting by itself needs; all outlive it.
struct Starting {
  ports::JobStore& jobs;
  ports::DefinitionStore& definitions;
  EntryGate& gate;
  const JobIntake& intake;
  const Clock& clock;
};

struct StartedTraining {
  BatchId batch_id;
  int total_jobs = 0;
  bool repeated = false;  // the same cause had started it before: nothing happened now
};

// Starts what was ordered as one batch, once per cause and user however often it is called. What
// the order leaves open comes from the template it names, else from the last successful jobs of its
// segments. On behalf of the caller; of the user of the trigger, of the template or of the earlier
// job when the caller has no name, and of `nobody` when none has. A trigger is told what became of
// what it asked for. Blocks. Errors: invalid_argument (what is wrong with the order), not_found (no
// such trigger or template, and nothing that supplies what is missing), forbidden (another user's
// trigger or template, data that may not be read), the store's.
Result<StartedTraining> start_training(const Starting& with, const Caller& caller,
                                       const wire::TrainingOrder& order);

// Tells the trigger that asks, if one does, what became of that. Errors: the store's.
Result<void> note_outcome(const Starting& with, const wire::TrainingOrder& order,
                          const Result<StartedTraining>& started);

// Who owns what starts by itself when nobody else does.
inline constexpr const char* nobody = "local_user";

}  // namespace trainyard::service
