#pragma once

#include "common/base/error.hpp"
#include "deploy/trainyard/terminal/training_summary.hpp"

#include <array>
#include <filesystem>
#include <fstream>

namespace trainyard::terminal {

// Writes forecast.csv (segment,model,ds,yhat,yhat_lower,yhat_upper,level), metrics.csv
// (segment,model,mape,smape,mase,rmse,mae,coverage,status,reason), best.csv (the best model's
// rows at its first level, columns of forecast.csv), backtest.csv (a row per origin:
// segment,model,origin,trained_on,mape,smape,mase,rmse,mae,coverage,status,reason), of the best
// model anomalies.csv (segment,model,ds,value,expected,score,direction) and components.csv
// (segment,model,component,mean_absolute,variance_share), and warnings.csv (segment,warning) into a
// directory, segment by segment, so that no more than one needs to be in memory. Numbers are
// written so that reading them gives the same bits; an undefined metric is empty. Text cells that a
// spreadsheet would run as a formula get a leading apostrophe.
class ResultFiles {
 public:
  // Makes the directory if it is missing. What cannot be written, close() tells.
  explicit ResultFiles(const std::filesystem::path& directory);

  void add(const SegmentResult& segment);
  // Errc::invalid_argument names the file that could not be written as a whole.
  Result<void> close();

 private:
  struct File {
    File(const std::filesystem::path& directory, const char* name, const char* columns);
    std::filesystem::path path;
    std::ofstream stream;
  };
  std::array<File*, 7> all();

  File forecast_;
  File metrics_;
  File best_;
  File backtest_;
  File anomalies_;
  File components_;
  File warnings_;
};

}  // namespace trainyard::terminal
