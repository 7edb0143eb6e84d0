#pragma once

#include "api/service/caller.hpp"
#include "common/domain/bucket_path.hpp"
#include "common/domain/forecast_spec.hpp"
#include "common/domain/job_command.hpp"
#include "common/wire/api_requests.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::service {

// What reading a table shows: the columns' roles, inferred where the spec leaves them open, and the
// segments in order of appearance.
struct DataLayout {
  std::string time_col;
  std::string target_col;
  std::string segment_col;            // empty: one series
  std::vector<std::string> segments;  // {""} for one series
};

// What accepting work needs from elsewhere; all may be called from any thread.
struct JobIntake {
  // Parses and checks a config; invalid_argument names the field.
  std::function<Result<domain::ForecastSpec>(std::string_view config)> check_config;
  // Whether the server may read data there; forbidden or invalid_argument. Empty: anywhere.
  std::function<Result<void>(const std::string& data_path)> check_path = {};
  // Keeps inline rows (a JSON list of objects) and answers the data_path to find them under.
  std::function<Result<std::string>(std::string_view rows)> store_rows;
  // Reads the data once, in a child process; blocks. Errors: what is wrong with the file or with
  // the columns that the spec names, with row, field and hint.
  std::function<Result<DataLayout>(const domain::ForecastSpec& spec)> inspect;
  // Which of a batch's models its ensemble is made of.
  std::function<std::vector<std::string>(const std::vector<std::string>& models)> ensemble_members;
  // How the job would be run, as a JSON object.
  std::function<std::string(const domain::ForecastSpec& spec)> cluster_config;
};

// wire::parse_forecast_spec for JobIntake::check_config: the first problem, with the others named
// in its detail, so that one answer is enough to mend them all.
Result<domain::ForecastSpec> check_config(std::string_view config, const domain::SpecRules& rules);

// Where data may be read from.
struct DataGround {
  std::vector<std::filesystem::path> roots;      // empty: anywhere on this machine
  std::vector<domain::BucketPath> buckets = {};  // or folders in them; empty: none
};

// As JobIntake::check_path: a local path, and when there are roots one that leads into one of them,
// wherever links and dots in it lead; or one into the buckets. Looks at the file system.
Result<void> check_data_path(const std::string& path, const DataGround& ground);

enum class Start { later, now };

// A checked request as a job that can be accepted. Inline rows are stored last, so a refused
// request leaves no file behind. Blocks only while storing rows.
Result<domain::NewJob> prepare_job(const JobIntake& intake, const Caller& caller,
                                   const wire::JobRequest& request, Start start);

}  // namespace trainyard::service
