#include "common/adapters/postgres/pg_job_store.hpp"

#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/postgres/where.hpp"
#include "common/adapters/sql/batch_conditions.hpp"
#include "common/adapters/sql/rows.hpp"
#include "common/ports/counted.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

namespace trainyard::postgres {
namespace {

const Statement get_jobs{
    "get_jobs", "SELECT " + sql::job_columns + " FROM jobs j WHERE j.job_id = ANY($1::uuid[])",
    Effect::reads};
const Statement get_history{"get_history",
                            "SELECT " + sql::history_columns +
                                " FROM job_history h WHERE h.job_id = $1::uuid ORDER BY h.version",
                            Effect::reads};
const Statement get_results{
    "get_results", "SELECT results FROM job_results WHERE job_id = $1::uuid", Effect::reads};
const Statement get_one_batch{
    "get_batch", "SELECT " + sql::batch_columns + " FROM batches b WHERE b.batch_id = $1::uuid",
    Effect::reads};
const Statement count_jobs{"count_batch",
                           "SELECT status, count(*), sum(progress) FROM jobs "
                           "WHERE batch_id = $1::uuid GROUP BY status",
                           Effect::reads};
const Statement get_batch_jobs{"get_batch_jobs",
                               "SELECT " + sql::slim_job_columns +
                                   " FROM jobs j WHERE j.batch_id = $1::uuid ORDER BY j.job_id",
                               Effect::reads};
const Statement get_epoch{"get_epoch", "SELECT epoch FROM store_info", Effect::reads};
const Statement ping_server{"ping", "SELECT 1", Effect::reads};

// The batches b that the {} chooses: one row per status of their jobs, without config. A batch
// without jobs has one row whose status is ''.
constexpr const char* count_jobs_of_batches =
    "SELECT b.batch_id, b.user_id, '', b.correlation_id, b.created_at, b.completed_at, "
    "b.total_jobs, b.open_jobs, b.cause, coalesce(c.status, ''), coalesce(c.jobs, 0), "
    "coalesce(c.progress, 0) FROM (SELECT b.* FROM batches b {}) b LEFT JOIN LATERAL "
    "(SELECT j.status, count(*) AS jobs, sum(j.progress) AS progress FROM jobs j "
    "WHERE j.batch_id = b.batch_id GROUP BY j.status) c ON true ORDER BY b.batch_id DESC";

// "%text%" with LIKE's own characters made literal.
std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char character : text) {
    if (character == '%' || character == '_' || character == '\\') pattern += '\\';
    pattern += character;
  }
  return pattern + "%";
}

template <class T>
std::optional<std::string> text_of(const std::optional<T>& id) {
  return id ? std::optional(id->to_string()) : std::nullopt;
}

std::optional<std::string> time_of(const std::optional<TimePoint>& time) {
  return time ? std::optional(to_iso8601(*time)) : std::nullopt;
}

using Total = ports::JobFilter::Total;

std::string count_of(std::string_view table, const Where& where, Total total) {
  const auto limit = total == Total::counted ? "ALL" : std::to_string(ports::counted_max + 1);
  return fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} {} LIMIT {}) c", table, where.sql,
                     limit);
}

std::unexpected<Error> no_job(JobId id) {
  return fail(Errc::not_found, fmt::format("there is no job {}", id.to_string()));
}

}  // namespace

PgJobStore::PgJobStore(std::shared_ptr<Database> database)
    : database_(std::move(database)), listener_(database_->options()) {}

pqxx::result PgJobStore::run(const Statement& statement, const Parameters& parameters) {
  return database_->run(statement, parameters);
}

Result<domain::Job> PgJobStore::get(JobId id) {
  TRY(auto jobs, get_many({&id, 1}));
  if (jobs.empty()) return no_job(id);
  return std::move(jobs.front());
}

Result<std::vector<domain::Job>> PgJobStore::get_many(std::span<const JobId> ids) {
  return guarded([&]() -> Result<std::vector<domain::Job>> {
    TextArray wanted;
    for (const auto id : ids)
      wanted.add(id);
    std::unordered_map<JobId, domain::Job> found;
    for (const auto& row : run(get_jobs, {std::move(wanted).take()})) {
      Columns columns(row);
      auto job = sql::read_job(columns);
      found.emplace(job.id, std::move(job));
    }
    std::vector<domain::Job> jobs;
    for (const auto id : ids) {
      if (const auto known = found.find(id); known != found.end()) jobs.push_back(known->second);
    }
    return jobs;
  });
}

Result<ports::JobPage> PgJobStore::list(const ports::JobFilter& filter) {
  const auto limit = std::max(0, filter.limit);
  Where where;
  where.add(filter.user_id, "j.user_id = ${}");
  // As text: which index holds what has this status is to be seen before it is known who asks.
  if (filter.status) where.sql += fmt::format(" AND j.status = '{}'", to_string(*filter.status));
  where.add(filter.error_category ? std::optional(std::string(to_string(*filter.error_category)))
                                  : std::nullopt,
            "j.error_category = ${}");
  where.add(text_of(filter.batch_id), "j.batch_id = ${}::uuid");
  where.add(filter.segment_id, "j.segment_id = ${}");
  where.add(filter.model, "j.model = ${}");
  where.add(time_of(filter.created_after), "j.created_at >= ${}::timestamptz");
  where.add(time_of(filter.created_before), "j.created_at < ${}::timestamptz");
  where.add(filter.text ? std::optional(like_pattern(*filter.text)) : std::nullopt,
            "concat_ws(E'\\n', j.segment_id, j.model, j.current_step, j.error) ILIKE ${}");
  return guarded([&]() -> Result<ports::JobPage> {
    Session session(database_->pool());
    ports::JobPage page;
    if (filter.total != Total::unknown) {
      const auto total =
          session.run_unprepared(count_of("jobs j", where, filter.total), where.parameters);
      page.total = Columns(total[0]).integer();
    }
    Where rest = where;
    rest.add(text_of(filter.before), "j.job_id < ${}::uuid");
    const auto rows = session.run_unprepared(
        fmt::format("SELECT {} FROM jobs j {} ORDER BY j.job_id DESC LIMIT {}", sql::job_columns,
                    rest.sql, limit + 1),
        rest.parameters);
    for (const auto& row : rows) {
      Columns columns(row);
      page.jobs.push_back(sql::read_job(columns));
    }
    page.has_more = page.jobs.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.jobs.pop_back();
    return page;
  });
}

Result<std::vector<domain::HistoryEntry>> PgJobStore::history(JobId id) {
  return guarded([&]() -> Result<std::vector<domain::HistoryEntry>> {
    std::vector<domain::HistoryEntry> entries;
    for (const auto& row : run(get_history, {id.to_string()})) {
      Columns columns(row);
      entries.push_back(sql::read_history(columns));
    }
    return entries;
  });
}

Result<std::string> PgJobStore::results(JobId id) {
  return guarded([&]() -> Result<std::string> {
    const auto rows = run(get_results, {id.to_string()});
    if (!rows.empty()) return std::string(Columns(rows[0]).text());
    return fail(Errc::not_found, fmt::format("job {} has no results", id.to_string()));
  });
}

Result<domain::Batch> PgJobStore::get_batch(BatchId id) {
  return guarded([&]() -> Result<domain::Batch> {
    const auto rows = run(get_one_batch, {id.to_string()});
    if (rows.empty()) {
      return fail(Errc::not_found, fmt::format("there is no batch {}", id.to_string()));
    }
    Columns columns(rows[0]);
    return sql::read_batch(columns);
  });
}

Result<domain::BatchCounts> PgJobStore::count_batch(BatchId id) {
  TRY_DO(get_batch(id));
  return guarded([&]() -> Result<domain::BatchCounts> {
    domain::BatchCounts counts;
    for (const auto& row : run(count_jobs, {id.to_string()})) {
      Columns columns(row);
      const auto status = domain::status_from(columns.text());
      const int jobs = columns.number();
      if (status) counts.add(*status, jobs, columns.number());
    }
    return counts;
  });
}

Result<ports::BatchPage> PgJobStore::list_batches(const ports::BatchFilter& filter) {
  const auto limit = std::max(0, filter.limit);
  Where where;
  where.add(filter.user_id, "b.user_id = ${}");
  if (filter.status) where.sql += fmt::format(" AND {}", sql::condition_of(*filter.status));
  return guarded([&]() -> Result<ports::BatchPage> {
    Session session(database_->pool());
    ports::BatchPage page;
    const auto total = session.run_unprepared(
        count_of("batches b", where, Total::counted_far_enough), where.parameters);
    page.total = Columns(total[0]).integer();
    Where rest = where;
    rest.add(text_of(filter.before), "b.batch_id < ${}::uuid");
    const auto rows = session.run_unprepared(
        fmt::format(count_jobs_of_batches,
                    fmt::format("{} ORDER BY b.batch_id DESC LIMIT {}", rest.sql, limit + 1)),
        rest.parameters);
    for (const auto& row : rows) {
      Columns columns(row);
      auto batch = sql::read_batch(columns);
      if (page.batches.empty() || page.batches.back().batch.id != batch.id) {
        page.batches.push_back({.batch = std::move(batch), .counts = {}});
      }
      const auto status = domain::status_from(columns.text());
      const int jobs = columns.number();
      if (status) page.batches.back().counts.add(*status, jobs, columns.number());
    }
    page.has_more = page.batches.size() > static_cast<std::size_t>(limit);
    if (page.has_more) page.batches.pop_back();
    return page;
  });
}

Result<std::vector<domain::Job>> PgJobStore::batch_jobs(BatchId id) {
  return guarded([&]() -> Result<std::vector<domain::Job>> {
    std::vector<domain::Job> jobs;
    for (const auto& row : run(get_batch_jobs, {id.to_string()})) {
      Columns columns(row);
      jobs.push_back(sql::read_job(columns));
    }
    return jobs;
  });
}

Result<std::string> PgJobStore::epoch() {
  return guarded(
      [&]() -> Result<std::string> { return std::string(Columns(run(get_epoch)[0]).text()); });
}

Result<void> PgJobStore::ping() {
  return guarded([&]() -> Result<void> {
    run(ping_server);
    return {};
  });
}

}  // namespace trainyard::postgres
