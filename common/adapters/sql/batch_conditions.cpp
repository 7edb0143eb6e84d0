#include "common/adapters/sql/batch_conditions.hpp"

#include <utility>

namespace trainyard::sql {

std::string_view condition_of(domain::BatchStatus status) {
  using enum domain::BatchStatus;
  switch (status) {
    case running:
      return "b.open_jobs > 0";
    case completed:
      return "b.open_jobs = 0 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.batch_id "
             "AND j.status <> 'completed')";
    case partial:
      return "b.open_jobs = 0 AND EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.batch_id "
             "AND j.status = 'completed') AND EXISTS (SELECT 1 FROM jobs j "
             "WHERE j.batch_id = b.batch_id AND j.status <> 'completed')";
    case failed:
      return "b.open_jobs = 0 AND EXISTS (SELECT 1 FROM jobs j WHERE j.batch_id = b.batch_id "
             "AND j.status = 'failed') AND NOT EXISTS (SELECT 1 FROM jobs j "
             "WHERE j.batch_id = b.batch_id AND j.status = 'completed')";
    case cancelled:
      return "b.open_jobs = 0 AND b.total_jobs > 0 AND NOT EXISTS (SELECT 1 FROM jobs j "
             "WHERE j.batch_id = b.batch_id AND j.status <> 'cancelled')";
  }
  std::unreachable();
}

}  // namespace trainyard::sql
