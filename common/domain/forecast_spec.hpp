#pragma once

#include "common/base/error.hpp"
#include "common/domain/frequency.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::domain {

inline constexpr int horizon_max = 10'000;

// How the training part of a backtest grows with its origin: from the first value on, or of one
// length that moves along.
enum class TrainingWindow { expanding, sliding };
inline constexpr std::array<std::string_view, 2> training_window_names{"expanding", "sliding"};

struct BacktestSpec {
  int windows = 3;          // forecast origins; 0 turns the backtest off
  std::optional<int> step;  // periods between origins; horizon when absent
  int gap = 0;              // periods left out between training part and test part
  TrainingWindow window = TrainingWindow::expanding;
  std::optional<int> size;  // periods of a sliding window at most; the first origin's when absent
};

inline constexpr double time_budget_default = 60;
inline constexpr double time_budget_max = 86'400;

struct AnomalySpec {
  double threshold = 3.5;  // robust standard deviations of the residuals
};

// What a user asks for: a job's `config`, typed. Field names are those of the HTTP contract.
// An empty string or an empty optional means "not given: infer it or use the default".
struct ForecastSpec {
  std::string data_path;
  std::string target_col;
  std::string time_col;
  std::string segment_col;
  std::optional<std::string> segment_id;  // train this segment alone
  int horizon = 0;                        // periods, 1..horizon_max
  std::optional<Frequency> frequency;
  std::vector<std::string> models;  // never empty once parsed: {"auto"} by default
  std::vector<std::string> covariates;
  std::vector<double> levels{95.0};  // percent, each in (50, 100)
  std::string metric = "mape";       // which one chooses the best model
  BacktestSpec backtest;
  AnomalySpec anomalies;
  double time_budget = time_budget_default;  // CPU seconds for the fits of each segment
  std::int64_t data_rows = 0;                // sizing hint
  std::uint64_t seed = 42;
  std::string executor = "auto";  // auto, local, databricks
  int priority = 0;
  std::map<std::string, std::string> hyperparameters;  // model -> JSON object
  std::string holidays;                                // JSON; empty when absent
  std::string drill;  // fault drills (noop, crash, hang, …), refused unless the role allows them
};

inline constexpr std::array metric_names{"mape", "smape", "mase", "rmse", "mae"};
inline constexpr std::array executor_names{"auto", "local", "databricks"};

inline constexpr int windows_max = 100;
inline constexpr int size_max = 10'000'000;
inline constexpr int models_max = 50;
inline constexpr int levels_max = 10;
inline constexpr double threshold_max = 1'000;

enum class Drills { refused, allowed };

// What a spec is checked against besides the limits above.
struct SpecRules {
  std::span<const std::string_view> models;  // every name a user may ask for
  Drills drills = Drills::refused;
};

// Every problem of the spec, each naming its field; none means it can be trained, as far as can be
// told without the data.
std::vector<Error> problems_of(const ForecastSpec& spec, const SpecRules& rules);

// The candidate that `text` most likely meant (few edits away), or empty.
std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace trainyard::domain
