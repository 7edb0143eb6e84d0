#include "deploy/trainyard/roles/training_tools.hpp"

#include "api/http/inline_rows.hpp"
#include "common/wire/cluster_config.hpp"
#include "worker/forecast/ensemble.hpp"
#include "worker/models/registry.hpp"
#include "worker/training/tasks.hpp"

#include <nlohmann/json.hpp>

#include <ranges>

namespace trainyard {
namespace {

using nlohmann::json;

Result<service::DataLayout> inspect(ChildTasks& tasks, const domain::ForecastSpec& spec) {
  const json request{{"data_path", spec.data_path},
                     {"time_col", spec.time_col},
                     {"target_col", spec.target_col},
                     {"segment_col", spec.segment_col},
                     {"covariates", spec.covariates}};
  TRY(const auto text, tasks.run("inspect", request.dump()));
  const auto answer = json::parse(text);
  return service::DataLayout{.time_col = answer["time_col"],
                             .target_col = answer["target_col"],
                             .segment_col = answer["segment_col"],
                             .segments = answer["segments"]};
}

bool is_shared(const config::Settings& settings) {
  return settings.auth.mode == config::AuthMode::required;
}

// Empty: any folder.
std::vector<std::filesystem::path> data_roots_of(const config::Settings& settings) {
  if (settings.data_roots.empty() && !is_shared(settings)) return {};
  std::vector<std::filesystem::path> roots{upload_dir_of(settings)};
  for (const auto part : std::views::split(settings.data_roots, ':')) {
    const std::string_view root(part.begin(), part.end());
    if (!root.empty()) roots.emplace_back(root);
  }
  return roots;
}

// Where users are told apart, one must not read another's artefacts as data.
std::vector<domain::BucketPath> data_buckets_of(const config::Settings& settings) {
  auto buckets = settings.s3.data;
  if (settings.s3.artifacts && !is_shared(settings)) buckets.push_back(*settings.s3.artifacts);
  return buckets;
}

}  // namespace

std::filesystem::path upload_dir_of(const config::Settings& settings) {
  return std::filesystem::absolute(settings.data_dir) / "uploads";
}

Result<http::ConvertedData> import_file(ChildTasks& tasks, const config::Settings& settings,
                                        const std::string& file) {
  const auto directory = upload_dir_of(settings);
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  const auto output = directory / (Uuid::make_v7().to_string() + ".parquet");
  const auto input = domain::is_bucket_path(file) ? file : std::filesystem::absolute(file).string();
  TRY(const auto text, tasks.run("convert", json{{"input", input}, {"output", output}}.dump()));
  const auto answer = json::parse(text);
  http::ConvertedData data{.data_path = output.string(), .rows = answer["rows"]};
  for (const auto& column : answer["columns"])
    data.columns.push_back(column["name"]);
  return data;
}

service::JobIntake make_intake(const config::Settings& settings, ChildTasks& tasks) {
  const auto drills = settings.drills_allowed ? domain::Drills::allowed : domain::Drills::refused;
  return {
      .check_config =
          [drills,
           models = training::askable_models(models::model_names())](std::string_view config) {
            return service::check_config(config, {.models = models, .drills = drills});
          },
      .check_path = [ground =
                         service::DataGround{data_roots_of(settings), data_buckets_of(settings)}](
                        const std::string& path) { return service::check_data_path(path, ground); },
      .store_rows = [directory = upload_dir_of(settings)](
                        std::string_view rows) { return http::store_rows(directory, rows); },
      .inspect = [&tasks](const domain::ForecastSpec& spec) { return inspect(tasks, spec); },
      .ensemble_members =
          [](const std::vector<std::string>& models) {
            const auto existing = models::model_names();
            return forecast::choose_members(forecast::expand_models(models, existing), existing);
          },
      .cluster_config = wire::cluster_config_json};
}

}  // namespace trainyard
