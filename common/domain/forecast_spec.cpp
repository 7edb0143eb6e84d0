#include "common/domain/forecast_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace trainyard::domain {
namespace {

class Problems {
 public:
  void add(std::string_view field, std::string detail, std::string hint = {}) {
    found_.push_back(Error{.code = Errc::invalid_argument,
                           .detail = std::move(detail),
                           .field = std::string(field),
                           .hint = std::move(hint),
                           .category = Category::config});
  }
  void range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value >= low && value <= high) return;
    add(field, fmt::format("{} is {}, allowed is {} to {}", field, value, low, high));
  }
  std::vector<Error> take() { return std::move(found_); }

 private:
  std::vector<Error> found_;
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, above + 1, replaced});
      diagonal = above;
    }
  }
  return row.back();
}

bool is_drill(std::string_view drill) {
  if (drill == "noop" || drill == "stamp" || drill == "crash" || drill == "abort" ||
      drill == "oom" || drill == "hang") {
    return true;
  }
  if (drill.starts_with("fail:")) return category_from(drill.substr(5)).has_value();
  if (!drill.starts_with("sleep:") && !drill.starts_with("say:")) return false;
  int count = 0;
  const auto digits = drill.substr(drill.find(':') + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() && count >= 0;
}

void check_models(const ForecastSpec& spec, const SpecRules& rules, Problems& problems) {
  if (spec.models.empty()) problems.add("models", "no model is named", "leave it out for auto");
  if (spec.models.size() > models_max) {
    problems.add("models", fmt::format("at most {} models can be named", models_max));
  }
  const auto known = [&](std::string_view name) {
    return std::ranges::find(rules.models, name) != rules.models.end();
  };
  const auto refuse = [&](std::string_view field, std::string_view name) {
    const auto near = nearest(name, rules.models);
    problems.add(field, fmt::format("model '{}' does not exist", name),
                 near.empty() ? fmt::format("there are: {}", fmt::join(rules.models, ", "))
                              : fmt::format("did you mean '{}'? There are: {}", near,
                                            fmt::join(rules.models, ", ")));
  };
  for (std::size_t i = 0; i < spec.models.size(); ++i) {
    const auto& name = spec.models[i];
    if (!known(name)) refuse("models", name);
    const auto before = spec.models.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(spec.models.begin(), before, name) != before) {
      problems.add("models", fmt::format("model '{}' is named twice", name));
    }
  }
  for (const auto& [name, parameters] : spec.hyperparameters) {
    if (!known(name)) refuse("hyperparameters", name);
  }
}

void check_levels(const ForecastSpec& spec, Problems& problems) {
  if (spec.levels.empty() || spec.levels.size() > levels_max) {
    problems.add("level", fmt::format("1 to {} levels are needed", levels_max));
  }
  for (const double level : spec.levels) {
    if (std::isfinite(level) && level > 50 && level < 100) continue;
    problems.add("level", fmt::format("level {} is not between 50 and 100", level),
                 "levels are in percent, e.g. 95");
  }
}

void check_backtest(const BacktestSpec& backtest, Problems& problems) {
  problems.range("backtest.windows", backtest.windows, 0, windows_max);
  if (backtest.step) problems.range("backtest.step", *backtest.step, 1, horizon_max);
  problems.range("backtest.gap", backtest.gap, 0, horizon_max);
  if (!backtest.size) return;
  problems.range("backtest.size", *backtest.size, 2, size_max);
  if (backtest.window == TrainingWindow::expanding) {
    problems.add("backtest.size", "an expanding window has no size",
                 "set backtest.window to sliding, or leave size out");
  }
}

void check_time_budget(double seconds, Problems& problems) {
  if (seconds > 0 && seconds <= time_budget_max) return;
  problems.add("time_budget_seconds",
               fmt::format("time_budget_seconds is {}, allowed is more than 0 to {}", seconds,
                           time_budget_max),
               "it counts CPU seconds for the fits of each segment, e.g. 60");
}

void check_anomalies(const AnomalySpec& anomalies, Problems& problems) {
  const double threshold = anomalies.threshold;
  if (std::isfinite(threshold) && threshold >= 1 && threshold <= threshold_max) return;
  problems.add(
      "anomalies.threshold",
      fmt::format("anomalies.threshold is {}, allowed is 1 to {}", threshold, threshold_max),
      "it counts robust standard deviations of the residuals, e.g. 3.5");
}

}  // namespace

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = text.size() / 3 + 2;  // further off is not a slip of the fingers
  for (const auto candidate : candidates) {
    const auto distance = edit_distance(text, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::vector<Error> problems_of(const ForecastSpec& spec, const SpecRules& rules) {
  Problems problems;
  if (!spec.drill.empty()) {
    if (rules.drills == Drills::refused) {
      problems.add("drill", "fault drills are not allowed here");
    } else if (!is_drill(spec.drill)) {
      problems.add(
          "drill", fmt::format("drill '{}' is not known", spec.drill),
          "use noop, stamp, sleep:<ms>, say:<lines>, crash, abort, oom, hang or fail:<category>");
    }
  } else {
    if (spec.data_path.empty()) {
      problems.add("data_path", "no data is named", "give the path of a CSV or Parquet file");
    }
    problems.range("horizon", spec.horizon, 1, horizon_max);
  }
  check_models(spec, rules, problems);
  check_levels(spec, problems);
  if (std::ranges::find(metric_names, spec.metric) == metric_names.end()) {
    problems.add("metric", fmt::format("metric '{}' does not exist", spec.metric),
                 fmt::format("use one of {}", fmt::join(metric_names, ", ")));
  }
  if (std::ranges::find(executor_names, spec.executor) == executor_names.end()) {
    problems.add("executor", fmt::format("executor '{}' does not exist", spec.executor),
                 fmt::format("use one of {}", fmt::join(executor_names, ", ")));
  }
  check_backtest(spec.backtest, problems);
  check_anomalies(spec.anomalies, problems);
  check_time_budget(spec.time_budget, problems);
  problems.range("priority", spec.priority, -1'000, 1'000);
  if (spec.data_rows < 0) problems.add("data_rows", "data_rows is negative");
  if (spec.segment_id && spec.segment_id->empty()) {
    problems.add("segment_id", "segment_id is empty", "leave it out to train every segment");
  }
  return problems.take();
}

}  // namespace trainyard::domain
