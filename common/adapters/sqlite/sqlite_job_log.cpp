#include "common/adapters/sql/log_rows.hpp"
#include "common/adapters/sql/storable_text.hpp"
#include "common/adapters/sqlite/database.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"

namespace trainyard::sqlite {
namespace {

class SqliteJobLog final : public ports::JobLog {
 public:
  explicit SqliteJobLog(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<void> append(std::span<const domain::LogLine> lines) override {
    if (lines.empty()) return {};
    return database_->write(
        [&](Connection& connection, TimePoint) -> Result<void> {
          for (const auto& line : lines) {
            connection
                .query(
                    "INSERT OR IGNORE INTO job_log (job_id, seq, at, level, line) "
                    "SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS "
                    "(SELECT 1 FROM jobs WHERE job_id = ?1)")
                .bind(line.job_id)
                .bind(line.seq)
                .bind(line.at)
                .bind(to_string(line.level))
                .bind(sql::storable(line.text))
                .run();
          }
          return {};
        },
        Database::Sync::none);
  }

  Result<ports::LogPage> read(JobId job, const ports::LogQuery& query) override {
    static const std::string select =
        "SELECT " + sql::log_columns +
        " FROM job_log WHERE job_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?";
    return guarded([&]() -> Result<ports::LogPage> {
      Database::Reader reader(*database_);
      const auto range = sql::range_of(query);
      auto row = reader->query(select);
      row.bind(job).bind(range.after).bind(range.last).bind(query.limit + 1);
      ports::LogPage page;
      while (row.step())
        page.lines.push_back(sql::read_log_line(job, row));
      sql::end_page(page, query.limit);
      return page;
    });
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::JobLog> make_job_log(std::shared_ptr<Database> database) {
  return std::make_unique<SqliteJobLog>(std::move(database));
}

}  // namespace trainyard::sqlite
