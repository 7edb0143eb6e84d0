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

// Copies what a data_path names into the data directory, as Parquet. Blocks on a child process.
// Errors: what is wrong with the data, with row, field and hint.
Result<http::ConvertedData> import_file(ChildTasks& tasks, const config::Settings& settings,
                                        const std::string& file);

service::JobIntake make_intake(const config::Settings& settings, ChildTasks& tasks);

}  // namespace trainyard
