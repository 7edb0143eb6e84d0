#include "worker/models/xgboost/level_paths.hpp"

#include <algorithm>

namespace trainyard::models {

Result<std::vector<std::vector<double>>> forecast_levels(const Booster& booster,
                                                         std::vector<ChangeHistory> histories,
                                                         const std::vector<std::size_t>& counts,
                                                         const CovariatesAhead& covariates,
                                                         const std::stop_token& stop) {
  std::vector<std::vector<double>> paths(histories.size());
  if (histories.empty()) return paths;
  const auto& plan = histories.front().plan();
  const std::size_t block = plan.steps;
  for (std::size_t done = 0; done < counts.front(); done += block) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    const auto ahead = [&](std::size_t i) {
      return counts[i] > done ? std::min(block, counts[i] - done) : 0;
    };
    std::vector<float> rows;
    for (std::size_t i = 0; i < histories.size(); ++i)
      for (std::size_t step = 1; step <= ahead(i); ++step)
        histories[i].append_row(histories[i].size(), step, covariates(i, done + step), rows);
    TRY(const auto changes, booster.predict(rows, plan.columns()));
    std::size_t row = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) {
      const std::size_t origin = histories[i].size();
      for (std::size_t step = 1; step <= ahead(i); ++step)
        paths[i].push_back(histories[i].level_after(origin, step, changes[row++]));
      for (std::size_t step = 1; step <= ahead(i); ++step)
        histories[i].append_level(paths[i][done + step - 1]);
    }
  }
  return paths;
}

}  // namespace trainyard::models
