#include "common/adapters/postgres/database.hpp"
#include "common/adapters/postgres/pg_columns.hpp"
#include "common/adapters/postgres/where.hpp"
#include "common/adapters/sql/pipeline_rows.hpp"

namespace trainyard::postgres {
namespace {

using ports::PipelineId;
using ports::StoredPipeline;

const Statement add_pipeline{
    "add_pipeline",
    "INSERT INTO pipelines (pipeline_id, user_id, name, correlation_id, spec, status, state, "
    "revision, created_at, updated_at) "
    "VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, 1, now(), now()) ON CONFLICT DO NOTHING",
    Effect::writes};
const Statement get_pipeline{
    "get_pipeline",
    "SELECT " + sql::pipeline_columns + " FROM pipelines p WHERE p.pipeline_id = $1::uuid",
    Effect::reads};
const Statement open_pipelines{
    "open_pipelines",
    "SELECT pipeline_id FROM pipelines WHERE completed_at IS NULL AND pipeline_id > $1::uuid "
    "ORDER BY pipeline_id LIMIT $2::int",
    Effect::reads};
const Statement change_pipeline{
    "change_pipeline",
    "UPDATE pipelines SET status = $3, state = $4, revision = revision + 1, updated_at = now(), "
    "completed_at = CASE WHEN $5::bool THEN now() END "
    "WHERE pipeline_id = $1::uuid AND revision = $2::bigint RETURNING revision",
    Effect::writes};

// PipelineStore over PostgreSQL. Thread-safe.
class PgPipelineStore final : public ports::PipelineStore {
 public:
  explicit PgPipelineStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<StoredPipeline> add(const ports::NewPipeline& pipeline) override {
    TRY_DO(sql::check_storable(pipeline));
    return guarded([&]() -> Result<StoredPipeline> {
      database_->run(add_pipeline,
                     {pipeline.id.to_string(), pipeline.user_id, pipeline.name,
                      pipeline.correlation_id, pipeline.spec, pipeline.status, pipeline.state});
      return get(pipeline.id);
    });
  }

  Result<StoredPipeline> get(PipelineId id) override {
    return guarded([&]() -> Result<StoredPipeline> {
      const auto rows = database_->run(get_pipeline, {id.to_string()});
      if (rows.empty()) return sql::no_pipeline(id);
      Columns columns(rows[0]);
      return sql::read_pipeline(columns);
    });
  }

  Result<std::vector<StoredPipeline>> list(const ports::PipelineFilter& filter) override {
    Where where;
    where.add(filter.user_id, "p.user_id = ${}");
    where.add(filter.status, "p.status = ${}");
    where.add(filter.before ? std::optional(filter.before->to_string()) : std::nullopt,
              "p.pipeline_id < ${}::uuid");
    return guarded([&]() -> Result<std::vector<StoredPipeline>> {
      Session session(database_->pool());
      const auto rows = session.run_unprepared(
          fmt::format("SELECT {} FROM pipelines p {} ORDER BY p.pipeline_id DESC LIMIT {}",
                      sql::pipeline_columns, where.sql, filter.limit),
          where.parameters);
      std::vector<StoredPipeline> found;
      for (const auto& row : rows) {
        Columns columns(row);
        found.push_back(sql::read_pipeline(columns));
      }
      return found;
    });
  }

  Result<std::vector<PipelineId>> open(std::optional<PipelineId> after, int limit) override {
    return guarded([&]() -> Result<std::vector<PipelineId>> {
      std::vector<PipelineId> found;
      const auto from = after.value_or(PipelineId()).to_string();
      for (const auto& row : database_->run(open_pipelines, {from, std::to_string(limit)}))
        found.emplace_back(Columns(row).uuid());
      return found;
    });
  }

  Result<std::int64_t> change(const ports::PipelineChange& change) override {
    return guarded([&]() -> Result<std::int64_t> {
      const bool is_over = change.life == ports::PipelineChange::Life::over;
      const auto rows = database_->run(
          change_pipeline, {change.id.to_string(), std::to_string(change.revision), change.status,
                            change.state, is_over ? "true" : "false"});
      if (rows.empty()) return sql::pipeline_moved(change.id);
      return Columns(rows[0]).integer();
    });
  }

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<ports::PipelineStore> make_pipeline_store(std::shared_ptr<Database> database) {
  return std::make_unique<PgPipelineStore>(std::move(database));
}

}  // namespace trainyard::postgres
