#pragma once

#include "common/domain/batch.hpp"

#include <string_view>

namespace trainyard::sql {

// domain::status_of() as a condition on the batch b.
std::string_view condition_of(domain::BatchStatus status);

}  // namespace trainyard::sql
