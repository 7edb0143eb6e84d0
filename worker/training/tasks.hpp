#pragma once

#include "common/domain/forecast_spec.hpp"
#include "common/ports/artifact_store.hpp"
#include "common/ports/data_source.hpp"
#include "common/ports/table_reader.hpp"
#include "common/runtime/task.hpp"
#include "worker/forecast/fit.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

// What a child process can do about data and forecasts, as tasks of JSON to JSON:
//
//   "train"    wire::TrainingRequest -> {results, metrics, artifact_uri}
//   "inspect"  {data_path, time_col?, target_col?, segment_col?, covariates?}
//              -> {rows, time_col, target_col, segment_col, segments: [name, …]}
//   "convert"  {input, output} -> {rows, columns: [{name, type}]}
//
// Tasks run one at a time per registry. All stop within 50 ms of a request, with Errc::cancelled.

namespace trainyard::training {

struct TrainingOptions {
  std::shared_ptr<ports::TableReader> reader;
  // What data_path may name beside local files, which need none.
  std::shared_ptr<ports::DataSource> data = nullptr;
  // Results, and the fits and what was learned from all segments that jobs of one batch share;
  // without it neither is kept.
  std::shared_ptr<ports::ArtifactStore> artifacts;
  forecast::ModelSource models;
  std::span<const std::string_view> model_names;  // that `models` knows, without ensemble and auto
  domain::Drills drills = domain::Drills::refused;
  std::size_t table_cache_bytes = 32U << 20;             // tables kept between jobs
  std::size_t fit_cache_bytes = 16U << 20;               // fits kept in memory between jobs
  std::chrono::milliseconds checkpoint_interval{5'000};  // of a fit that takes longer
  // How long a job of its own runs before its fits are kept for another attempt.
  std::chrono::milliseconds fits_kept_after{2'000};
};

runtime::TaskRegistry training_tasks(TrainingOptions options);

// `model_names` and what is made of them: ensemble and auto. What a config may ask for.
std::vector<std::string_view> askable_models(std::span<const std::string_view> model_names);

}  // namespace trainyard::training
