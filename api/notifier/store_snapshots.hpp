#pragma once

#include "api/notifier/subscription_hub.hpp"
#include "api/service/caller.hpp"
#include "common/base/time.hpp"
#include "common/ports/job_store.hpp"

namespace trainyard::notifier {

// What a topic looks like now, read from the store: the bodies of GET job and GET batch, and for
// "mine" the newest 100 jobs. Blocks. Errors: not_found, forbidden, the store's.
Result<Snapshot> read_snapshot(ports::JobStore& store, const Topic& topic,
                               const service::Caller& caller, TimePoint now);

}  // namespace trainyard::notifier
