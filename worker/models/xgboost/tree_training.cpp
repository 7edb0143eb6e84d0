#include "worker/models/xgboost/tree_training.hpp"

#include "worker/models/xgboost/level_paths.hpp"

#include <algorithm>

namespace trainyard::models {
namespace {

struct Rows {
  std::vector<float> features;
  std::vector<float> targets;
};

std::size_t steps_after(const LearningPart& part, std::size_t origin) {
  return std::min<std::size_t>(part.series->history.plan().steps, part.length - origin);
}

std::size_t rows_of(const LearningPart& part) {
  std::size_t rows = 0;
  for (auto t = part.series->history.plan().first_origin(); t < part.length; ++t)
    rows += steps_after(part, t);
  return rows;
}

// Every `stride`-th (origin, step), along the diagonal, so that each step has its share.
Result<void> append_rows(const LearningPart& part, std::size_t stride, std::size_t offset,
                         const std::stop_token& stop, Rows& rows) {
  constexpr std::size_t stop_mask = 0x3ff;
  const auto& history = part.series->history;
  for (auto t = history.plan().first_origin(); t < part.length; ++t) {
    if ((t & stop_mask) == 0 && stop.stop_requested())
      return fail(Errc::cancelled, "stopped on request");
    for (std::size_t step = 1; step <= steps_after(part, t); ++step) {
      if ((t + step + offset) % stride != 0) continue;
      history.append_row(t, step, covariates_at(part.series->covariates, t + step - 1),
                         rows.features);
      rows.targets.push_back(to_float(history.change(t, step)));
    }
  }
  return {};
}

}  // namespace

Result<Booster> train_trees(std::span<const LearningPart> parts, const BoosterOptions& options,
                            std::size_t cells_max, const std::stop_token& stop,
                            CheckpointPart checkpoint) {
  std::size_t all = 0;
  for (const auto& part : parts)
    all += rows_of(part);
  const std::size_t columns = parts.front().series->history.plan().columns();
  const std::size_t rows_max = std::max<std::size_t>(1, cells_max / columns);
  const std::size_t stride = (all + rows_max - 1) / rows_max;
  Rows rows;
  rows.features.reserve((all / stride + parts.size()) * columns);
  std::size_t offset = options.seed;
  for (const auto& part : parts) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    TRY_DO(append_rows(part, stride, offset++, stop, rows));
  }
  return Booster::train({.features = rows.features, .targets = rows.targets}, options, stop,
                        checkpoint);
}

Result<std::vector<std::vector<double>>> errors_ahead(const Booster& booster,
                                                      const LearningSeries& series,
                                                      const TestedOrigins& origins,
                                                      const std::stop_token& stop) {
  const auto& history = series.history;
  const std::span levels(history.levels());
  std::vector<std::size_t> starts;
  std::vector<std::size_t> counts;
  std::vector<ChangeHistory> known;
  for (std::size_t origin = origins.first; origin < levels.size(); origin += origins.stride) {
    starts.push_back(origin);
    counts.push_back(std::min(origins.steps, levels.size() - origin));
    known.push_back(history.known_at(origin));
  }
  const auto ahead = [&](std::size_t index, std::size_t step) {
    return covariates_at(series.covariates, starts[index] + step - 1);
  };
  TRY(auto errors, forecast_levels(booster, std::move(known), counts, ahead, stop));
  for (std::size_t o = 0; o < errors.size(); ++o)
    for (std::size_t h = 0; h < errors[o].size(); ++h)
      errors[o][h] = levels[starts[o] + h] - errors[o][h];
  return errors;
}

}  // namespace trainyard::models
