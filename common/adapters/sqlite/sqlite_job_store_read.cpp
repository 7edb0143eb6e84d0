#include "common/adapters/sql/batch_conditions.hpp"
#include "common/adapters/sql/rows.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/sqlite_job_store.hpp"
#include "common/adapters/sqlite/where.hpp"
#include "common/ports/counted.hpp"

#include <fmt/format.h>

#include <utility>

namespace trainyard::sqlite {
namespace {

// "%text%" with LIKE's own characters made literal.
std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char character : text) {
    if (character == '%' || character == '_' || character == '\\') pattern += '\\';
    pattern += character;
  }
  return pattern + "%";
}

// The batches b that `rest` chooses, without config: sql::batch_columns followed by status, number
// of jobs and sum of progress, a row per status. A batch without jobs has one row whose status is
// ''.
std::string counted_batches(std::string_view rest) {
  return fmt::format(
      "SELECT p.batch_id, p.user_id, '', p.correlation_id, p.created_at, p.completed_at, "
      "p.total_jobs, p.open_jobs, p.cause, coalesce(j.status, ''), count(j.job_id), "
      "coalesce(sum(j.progress), 0) FROM (SELECT b.* FROM batches b {}) p "
      "LEFT JOIN jobs j ON j.batch_id = p.batch_id GROUP BY p.batch_id, j.status "
      "ORDER BY p.batch_id DESC",
      rest);
}

using Total = ports::JobFilter::Total;

std::string count_of(std::string_view table, const Where& where, Total total) {
  const auto limit = total == Total::counted ? -1 : ports::counted_max + 1;  // -1: without end
  return fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} {} LIMIT {}) c", table, where.sql,
                     limit);
}

}  // namespace

Result<domain::Job> SqliteJobStore::get(JobId id) {
  return guarded([&]() -> Result<domain::Job> {
    Database::Reader reader(*database_);
    if (auto job = find_job(*reader, id)) return *std::move(job);
    return fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
  });
}

Result<std::vector<domain::Job>> SqliteJobStore::get_many(std::span<const JobId> ids) {
  return guarded([&]() -> Result<std::vector<domain::Job>> {
    Database::Reader reader(*database_);
    std::vector<domain::Job> jobs;
    for (const auto id : ids) {
      if (auto job = find_job(*reader, id)) jobs.push_back(*std::move(job));
    }
    return jobs;
  });
}

Result<ports::JobPage> SqliteJobStore::list(const ports::JobFilter& filter) {
  const std::optional<std::string> status =
      filter.status ? std::optional(std::string(to_string(*filter.status))) : std::nullopt;
  const std::optional<std::string> category =
      filter.error_category ? std::optional(std::string(to_string(*filter.error_category)))
                            : std::nullopt;
  const auto text = filter.text ? std::optional(like_pattern(*filter.text)) : std::nullopt;
  Where where;
  where.add(filter.user_id, "user_id = ?");
  where.add(status, filter.status == domain::JobStatus::completed
                        ? "status = ?"
                        : "status = ? AND status <> 'completed'");  // as the index says it
  where.add(category, "error_category = ?");
  where.add(filter.batch_id, "batch_id = ?");
  where.add(filter.segment_id, "segment_id = ?");
  where.add(filter.model, "model = ?");
  where.add(filter.created_after, "created_at >= ?");
  where.add(filter.created_before, "created_at < ?");
  where.add(text,
            "(segment_id || char(10) || model || char(10) || current_step || char(10) || error) "
            "LIKE ? ESCAPE '\\'");
  const auto limit = std::max(0, filter.limit);

  return guarded([&]() -> Result<ports::JobPage> {
    Database::Reader reader(*database_);
    ports::JobPage page;
    if (filter.total != Total::unknown) {
      auto total = reader->query(count_of("jobs", where, filter.total));
      where.bind(total);
      if (total.step()) page.total = total.integer();
    }
    Where rest = where;
    rest.add(filter.before, "job_id < ?");
    auto row = reader->query("SELECT " + sql::job_columns + " FROM jobs j " + rest.sql +
                             " ORDER BY j.job_id DESC LIMIT ?");
    rest.bind(row);
    row.bind(limit + 1);
    while (row.step())
      page.jobs.push_back(sql::read_job(row));
    page.has_more = page.jobs.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.jobs.pop_back();
    return page;
  });
}

Result<std::vector<domain::HistoryEntry>> SqliteJobStore::history(JobId id) {
  return guarded([&] {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT " + sql::history_columns +
                             " FROM job_history h WHERE h.job_id = ? ORDER BY h.version");
    row.bind(id);
    std::vector<domain::HistoryEntry> entries;
    while (row.step())
      entries.push_back(sql::read_history(row));
    return Result<std::vector<domain::HistoryEntry>>(std::move(entries));
  });
}

Result<std::string> SqliteJobStore::results(JobId id) {
  return guarded([&]() -> Result<std::string> {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT results FROM job_results WHERE job_id = ?");
    if (row.bind(id).step()) return std::string(row.text());
    return fail(Errc::not_found, fmt::format("job {} has no results", id.to_string()));
  });
}

Result<domain::Batch> SqliteJobStore::get_batch(BatchId id) {
  return guarded([&]() -> Result<domain::Batch> {
    Database::Reader reader(*database_);
    if (auto batch = find_batch(*reader, id)) return *std::move(batch);
    return fail(Errc::not_found, fmt::format("there is no batch {}", id.to_string()));
  });
}

Result<domain::BatchCounts> SqliteJobStore::count_batch(BatchId id) {
  return guarded([&]() -> Result<domain::BatchCounts> {
    Database::Reader reader(*database_);
    if (!find_batch(*reader, id)) {
      return fail(Errc::not_found, fmt::format("there is no batch {}", id.to_string()));
    }
    auto row = reader->query(
        "SELECT status, count(*), sum(progress) "
        "FROM jobs WHERE batch_id = ? GROUP BY status");
    row.bind(id);
    domain::BatchCounts counts;
    while (row.step()) {
      const auto status = domain::status_from(row.text());
      const int jobs = row.number();
      if (status) counts.add(*status, jobs, row.number());
    }
    return counts;
  });
}

Result<ports::BatchPage> SqliteJobStore::list_batches(const ports::BatchFilter& filter) {
  Where where;
  where.add(filter.user_id, "b.user_id = ?");
  if (filter.status) where.sql += fmt::format(" AND {}", sql::condition_of(*filter.status));
  const auto limit = std::max(0, filter.limit);

  return guarded([&]() -> Result<ports::BatchPage> {
    Database::Reader reader(*database_);
    ports::BatchPage page;
    {
      auto total = reader->query(count_of("batches b", where, Total::counted_far_enough));
      where.bind(total);
      if (total.step()) page.total = total.integer();
    }
    Where rest = where;
    rest.add(filter.before, "b.batch_id < ?");
    auto row = reader->query(counted_batches(rest.sql + " ORDER BY b.batch_id DESC LIMIT ?"));
    rest.bind(row);
    row.bind(limit + 1);
    while (row.step()) {
      auto batch = sql::read_batch(row);
      if (page.batches.empty() || page.batches.back().batch.id != batch.id) {
        page.batches.push_back({.batch = std::move(batch), .counts = {}});
      }
      const auto status = domain::status_from(row.text());
      const int jobs = row.number();
      if (status) page.batches.back().counts.add(*status, jobs, row.number());
    }
    page.has_more = page.batches.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.batches.pop_back();
    return page;
  });
}

Result<std::vector<domain::Job>> SqliteJobStore::batch_jobs(BatchId id) {
  return guarded([&]() -> Result<std::vector<domain::Job>> {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT " + sql::slim_job_columns +
                             " FROM jobs j WHERE j.batch_id = ? ORDER BY j.job_id");
    row.bind(id);
    std::vector<domain::Job> jobs;
    while (row.step())
      jobs.push_back(sql::read_job(row));
    return jobs;
  });
}

Result<std::string> SqliteJobStore::epoch() {
  return guarded([&]() -> Result<std::string> {
    Database::Reader reader(*database_);
    auto row = reader->query("SELECT epoch FROM store_info");
    if (row.step()) return std::string(row.text());
    return fail(Errc::corrupt_data, "the store has no epoch");
  });
}

Result<void> SqliteJobStore::ping() {
  return guarded([&] {
    Database::Reader reader(*database_);
    reader->query("SELECT 1").step();
  });
}

}  // namespace trainyard::sqlite
