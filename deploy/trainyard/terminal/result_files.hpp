#pragma once

#include "common/base/error.hpp"
#include "deploy/trainyard/terminal/training_summary.hpp"

#include <filesystem>
#include <fstream>

namespace trainyard::terminal {

// Writes forecast.csv (segment,model,ds,yhat,yhat_lower,yhat_upper,level), metrics.csv
// (segment,model,mape,smape,mase,rmse,mae,coverage,status,reason), best.csv (the best model's
// rows at its first level, columns of forecast.csv) and anomalies.csv (of the best model:
// segment,model,ds,value,expected,score,direction) into a directory, segment by segment, so that
// no more than one needs to be in memory. Numbers are written so that reading them gives the same
// bits; an undefined metric is empty. Text cells that a spreadsheet would run as a formula get a
// leading apostrophe.
class ResultFiles {
 public:
  // Makes the directory if it is missing. What cannot be written, close() tells.
  explicit ResultFiles(const std::filesystem::path& directory);

  void add(const SegmentResult& segment);
  // Errc::invalid_argument names the file that could not be written as a whole.
  Result<void> close();

 private:
  struct File {
    std::filesystem::path path;
    std::ofstream stream;
  };

  File forecast_;
  File metrics_;
  File best_;
  File anomalies_;
};

}  // namespace trainyard::terminal
