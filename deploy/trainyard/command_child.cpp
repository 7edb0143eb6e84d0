#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "common/runtime/child_pool.hpp"
#include "common/runtime/drill.hpp"
#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/data/data_source.hpp"
#include "deploy/trainyard/roles/storage.hpp"
#include "worker/models/registry.hpp"
#include "worker/training/tasks.hpp"

#include <CLI/CLI.hpp>

// What a worker starts: reads tasks from the socket it inherits. Not for people.

namespace trainyard {
namespace {

// What `doctor` wants to know: whether what children load at run time is there.
Result<std::string> selfcheck(std::string_view, runtime::TaskContext&) {
  const auto reader = duckdb::make_table_reader({});
  if (const auto file = reader->describe("/dev/null", {});
      !file && file.error().code == Errc::unavailable) {
    return fail(file.error());
  }
  std::vector<double> values(60);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>(i % 12);
  TRY_DO(models::make_model("xgboost")->fit(
      {.y = values, .frequency = {.period = domain::Period::month}, .season_length = 12}, {}));
  return "DuckDB and XGBoost load in a child process";
}

Exit run_as_child(const config::Settings& settings) {
  auto tasks =
      training::training_tasks({.reader = duckdb::make_table_reader({}),
                                .data = make_data_source(settings),
                                .artifacts = open_artifacts(settings, make_s3_client(settings)),
                                .models = models::make_model,
                                .model_names = models::model_names(),
                                .checkpoint_interval = settings.checkpoint_interval});
  tasks["drill"] = runtime::drill_task;
  tasks["selfcheck"] = selfcheck;
  return static_cast<Exit>(runtime::run_child(tasks));
}

}  // namespace

void add_child(CLI::App& app, Selection& selection) {
  app.add_subcommand("child", "")->group("")->callback([&selection] {
    selection.run = run_as_child;
  });
}

}  // namespace trainyard
