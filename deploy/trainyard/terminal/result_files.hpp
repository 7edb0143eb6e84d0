#pragma once

#include "common/base/error.hpp"
#include "deploy/trainyard/terminal/training_summary.hpp"

#include <filesystem>

namespace trainyard::terminal {

// Writes forecast.csv (segment,model,ds,yhat,yhat_lower,yhat_upper,level), metrics.csv
// (segment,model,mape,smape,mase,rmse,mae,coverage,status,reason) and best.csv (the best model's
// rows at its first level, columns of forecast.csv) into `directory`, which is made if missing.
// Numbers are written so that reading them gives the same bits; an undefined metric is empty.
// Text cells that a spreadsheet would run as a formula get a leading apostrophe.
Result<void> write_result_files(const TrainingSummary& summary,
                                const std::filesystem::path& directory);

}  // namespace trainyard::terminal
