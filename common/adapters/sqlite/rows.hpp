#pragma once

#include "common/adapters/sqlite/connection.hpp"
#include "common/domain/batch.hpp"
#include "common/domain/job.hpp"

#include <string>

// How records become rows and rows become records: the one place that knows the order of columns.

namespace trainyard::sqlite {

// "SELECT <every column of jobs> FROM jobs <rest>".
std::string select_jobs(std::string_view rest);
// The same with empty config and cluster_config, for readers that show many jobs.
std::string select_slim_jobs(std::string_view rest);
domain::Job read_job(Query& row);

void insert_job(Connection& connection, const domain::Job& job);
void update_job(Connection& connection, const domain::Job& job);

void insert_history(Connection& connection, const domain::HistoryEntry& entry);
std::string select_history(std::string_view rest);
domain::HistoryEntry read_history(Query& row);

std::string select_batches(std::string_view rest);
domain::Batch read_batch(Query& row);
// The batches b that `rest` chooses, newest first, without config: one row per status of their
// jobs, the columns of select_batches() followed by status, number of jobs and sum of progress.
// A batch without jobs has one row whose status is ''.
std::string count_jobs_of_batches(std::string_view rest);

}  // namespace trainyard::sqlite
