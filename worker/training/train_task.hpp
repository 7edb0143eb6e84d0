#pragma once

#include "worker/training/panel_cache.hpp"
#include "worker/training/stored_fit_cache.hpp"
#include "worker/training/table_cache.hpp"
#include "worker/training/tasks.hpp"

namespace trainyard::training {

// What the tasks of one process share.
struct TaskState {
  explicit TaskState(TrainingOptions from)
      : options(std::move(from)),
        tables(*options.reader, options.table_cache_bytes),
        panels(tables, options.artifacts),
        fits(options.artifacts, options.fit_cache_bytes) {}

  TrainingOptions options;
  TableCache tables;
  PanelCache panels;
  StoredFitCache fits;
};

// What a data_path names, as a file of this machine.
Result<std::string> bring(const TaskState& state, const std::string& path,
                          const runtime::TaskContext& context);

// Errors: of the config (the first problem), of the data as a whole, of the only segment, or of the
// first one when none could be forecast; cancelled.
Result<std::string> train(TaskState& state, std::string_view request,
                          runtime::TaskContext& context);
Result<std::string> inspect(TaskState& state, std::string_view request,
                            runtime::TaskContext& context);

}  // namespace trainyard::training
