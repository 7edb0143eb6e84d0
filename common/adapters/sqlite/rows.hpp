#pragma once

#include "common/adapters/sqlite/connection.hpp"
#include "common/domain/job_command.hpp"

// How records become rows.

namespace trainyard::sqlite {

void insert_job(Connection& connection, const domain::Job& job);
void update_job(Connection& connection, const domain::Job& job);
void update_spec(Connection& connection, JobId id, const domain::JobSpec& spec);
void insert_history(Connection& connection, const domain::HistoryEntry& entry);

}  // namespace trainyard::sqlite
