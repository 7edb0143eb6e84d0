#pragma once

#include "api/http/api.hpp"
#include "api/service/job_intake.hpp"
#include "common/config/settings.hpp"
#include "deploy/trainyard/roles/child_tasks.hpp"

#include <filesystem>
#include <string>
#include <vector>

// What the API needs to know about data and models without touching either: checks of configs, and
// tasks that children run.

namespace trainyard {

std::filesystem::path upload_dir_of(const config::Settings& settings);
std::filesystem::path artifact_dir_of(const config::Settings& settings);

// Copies a CSV or Parquet file into the data directory, as Parquet. Blocks on a child process.
// Errors: what is wrong with the file, with row, field and hint.
Result<http::ConvertedData> import_file(ChildTasks& tasks, const config::Settings& settings,
                                        const std::filesystem::path& file);

service::JobIntake make_intake(const config::Settings& settings, ChildTasks& tasks);

}  // namespace trainyard
