#include "common/adapters/postgres/database.hpp"
#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/text_array.hpp"
#include "common/adapters/sql/log_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"

namespace trainyard::postgres {
namespace {

// The setting is this one transaction's.
const Statement append_lines{
    "append_lines",
    "WITH added AS (INSERT INTO job_log (job_id, seq, at, level, line) "
    "SELECT i.* FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[]) "
    "AS i(job_id, seq, at, level, line) "
    "WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.job_id = i.job_id) "
    "ON CONFLICT DO NOTHING RETURNING 1) "
    "SELECT set_config('synchronous_commit', 'off', true), (SELECT count(*) FROM added)",
    Effect::writes};
const Statement read_lines{"read_lines",
                           "SELECT " + sql::log_columns +
                               " FROM job_log WHERE job_id = $1::uuid AND seq > $2::bigint "
                               "AND seq <= $3::bigint ORDER BY seq LIMIT $4::int",
                           Effect::reads};

class PgJobLog final : public ports::JobLog {
 public:
  explicit PgJobLog(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<void> append(std::span<const domain::LogLine> lines) override {
    if (lines.empty()) return {};
    TextArray ids, seqs, times, levels, texts;
    for (const auto& line : lines) {
      ids.add(line.job_id);
      seqs.add(line.seq);
      times.add(line.at);
      levels.add(to_string(line.level));
      texts.add(sql::storable(line.text));
    }
    return guarded([&]() -> Result<void> {
      database_->run(append_lines,
                     {std::move(ids).take(), std::move(seqs).take(), std::move(times).take(),
                      std::move(levels).take(), std::move(texts).take()});
      return {};
    });
  }

  Result<ports::LogPage> read(JobId job, const ports::LogQuery& query) override {
    return guarded([&]() -> Result<ports::LogPage> {
      const auto range = sql::range_of(query);
      ports::LogPage page;
      for (const auto& row : database_->run(
               read_lines, {job.to_string(), std::to_string(range.after),
                            std::to_string(range.last), std::to_string(query.limit + 1)})) {
        Columns columns(row);
        page.lines.push_back(sql::read_log_line(job, columns));
      }
      sql::end_page(page, query.limit);
      return page;
    });
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::JobLog> make_job_log(std::shared_ptr<Database> database) {
  return std::make_unique<PgJobLog>(std::move(database));
}

}  // namespace trainyard::postgres
