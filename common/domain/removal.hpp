#pragma once

#include "common/base/error.hpp"
#include "common/domain/job.hpp"

namespace trainyard::domain {

// Only what is over or never began may be deleted; Errc::illegal_transition otherwise.
Result<void> check_removable(const Job& job);

}  // namespace trainyard::domain
