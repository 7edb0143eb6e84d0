#pragma once

#include "deploy/trainyard/command.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trainyard {

struct TrainOptions {
  std::string file;
  int horizon = 0;
  std::string time;
  std::string target;
  std::string segment;
  std::string frequency;
  std::vector<std::string> models;
  std::vector<std::string> covariates;
  std::vector<double> levels;
  std::string metric = "mape";
  std::optional<int> windows;
  std::optional<int> step;
  std::optional<int> gap;
  std::string window;
  std::optional<int> size;
  std::optional<double> threshold;
  std::optional<double> time_budget;
  std::optional<std::uint64_t> seed;
  std::filesystem::path output = "forecasts";
  int threads = 0;
  bool as_json = false;
  bool serve = false;
};

// The main job at the terminal: a standalone of its own in a temporary directory, one batch over
// the file, progress while it runs, then a leaderboard and the result files. Exit codes: 0 all
// segments forecast, 3 some failed, 2 bad usage or data, 1 internal, 130 interrupted (cancelled).
Exit run_training(const TrainOptions& options, const config::Settings& settings);

}  // namespace trainyard
