#include "common/adapters/sql/pipeline_rows.hpp"
#include "common/adapters/sqlite/database.hpp"
#include "common/adapters/sqlite/sqlite_error.hpp"
#include "common/adapters/sqlite/where.hpp"

namespace trainyard::sqlite {
namespace {

using ports::PipelineId;
using ports::StoredPipeline;

// PipelineStore over one SQLite file. Thread-safe.
class SqlitePipelineStore final : public ports::PipelineStore {
 public:
  explicit SqlitePipelineStore(std::shared_ptr<Database> database)
      : database_(std::move(database)) {}

  Result<StoredPipeline> add(const ports::NewPipeline& pipeline) override {
    TRY_DO(sql::check_storable(pipeline));
    TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
      connection
          .query(
              "INSERT INTO pipelines (pipeline_id, user_id, name, correlation_id, spec, status, "
              "state, revision, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, "
              "?8, ?8) ON CONFLICT DO NOTHING")
          .bind(pipeline.id)
          .bind(pipeline.user_id)
          .bind(pipeline.name)
          .bind(pipeline.correlation_id)
          .bind(pipeline.spec)
          .bind(pipeline.status)
          .bind(pipeline.state)
          .bind(now)
          .run();
      return {};
    }));
    return get(pipeline.id);
  }

  Result<StoredPipeline> get(PipelineId id) override {
    return guarded([&]() -> Result<StoredPipeline> {
      Database::Reader reader(*database_);
      auto row = reader->query("SELECT " + sql::pipeline_columns +
                               " FROM pipelines p WHERE p.pipeline_id = ?");
      if (row.bind(id).step()) return sql::read_pipeline(row);
      return sql::no_pipeline(id);
    });
  }

  Result<std::vector<StoredPipeline>> list(const ports::PipelineFilter& filter) override {
    Where where;
    where.add(filter.user_id, "p.user_id = ?");
    where.add(filter.status, "p.status = ?");
    where.add(filter.before, "p.pipeline_id < ?");
    return guarded([&]() -> Result<std::vector<StoredPipeline>> {
      Database::Reader reader(*database_);
      auto row = reader->query("SELECT " + sql::pipeline_columns + " FROM pipelines p " +
                               where.sql + " ORDER BY p.pipeline_id DESC LIMIT ?");
      where.bind(row);
      row.bind(filter.limit);
      std::vector<StoredPipeline> found;
      while (row.step())
        found.push_back(sql::read_pipeline(row));
      return found;
    });
  }

  Result<std::vector<PipelineId>> open(std::optional<PipelineId> after, int limit) override {
    return guarded([&]() -> Result<std::vector<PipelineId>> {
      Database::Reader reader(*database_);
      auto row = reader->query(
          "SELECT pipeline_id FROM pipelines WHERE completed_at IS NULL AND pipeline_id > ? "
          "ORDER BY pipeline_id LIMIT ?");
      row.bind(after.value_or(PipelineId())).bind(limit);
      std::vector<PipelineId> found;
      while (row.step())
        found.emplace_back(row.uuid());
      return found;
    });
  }

  Result<std::int64_t> change(const ports::PipelineChange& change) override {
    TRY_DO(database_->write([&](Connection& connection, TimePoint now) -> Result<void> {
      const bool is_over = change.life == ports::PipelineChange::Life::over;
      connection
          .query(
              "UPDATE pipelines SET status = ?, state = ?, revision = revision + 1, "
              "updated_at = ?, completed_at = ? WHERE pipeline_id = ? AND revision = ?")
          .bind(change.status)
          .bind(change.state)
          .bind(now)
          .bind(is_over ? std::optional(now) : std::nullopt)
          .bind(change.id)
          .bind(change.revision)
          .run();
      if (connection.changes() == 0) return sql::pipeline_moved(change.id);
      return {};
    }));
    return change.revision + 1;
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::PipelineStore> make_pipeline_store(std::shared_ptr<Database> database) {
  return std::make_unique<SqlitePipelineStore>(std::move(database));
}

}  // namespace trainyard::sqlite
