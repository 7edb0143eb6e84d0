#include "worker/training/training_log.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

namespace trainyard::training {
namespace {

// A fit that takes longer has a line of its own as soon as it is made.
constexpr std::chrono::seconds slow_fit{2};

std::string seconds(std::chrono::steady_clock::duration time) {
  return fmt::format("{:.2f} s", std::chrono::duration<double>(time).count());
}

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string where(int window) {
  return window == 0 ? "the full history" : fmt::format("window {}", window);
}

std::string choice_of(const forecast::SegmentOutcome& outcome) {
  if (outcome.metric.empty())
    return fmt::format("chose {}, without a backtest", outcome.best_model);
  return fmt::format("chose {} by {} over {}", outcome.best_model, outcome.metric,
                     plural(static_cast<std::size_t>(outcome.windows), "window"));
}

}  // namespace

void TrainingLog::say(LineLevel level, std::string_view line) const {
  if (context_.log) context_.log(level, prefix_.empty() ? line : prefix_ + std::string(line));
}

void TrainingLog::read(const std::string& path, const LoadedTable& loaded) {
  std::size_t rows = 0;
  for (const auto& segment : loaded.table.segments)
    rows += segment.observations.size();
  auto columns = fmt::format("time '{}', target '{}'", loaded.roles.time, loaded.roles.target);
  if (!loaded.roles.segment.empty()) columns += fmt::format(", segment '{}'", loaded.roles.segment);
  say(LineLevel::info, fmt::format("read {} of {} from {} in {}: {}", plural(rows, "row"),
                                   plural(loaded.table.segments.size(), "segment"),
                                   std::filesystem::path(path).filename().string(),
                                   seconds(Clock::now() - begun_), columns));
}

void TrainingLog::begin_segment(const forecast::PreparedSeries& series, std::size_t number,
                                std::size_t segments) {
  prefix_ = segments > 1 ? fmt::format("{} ({}/{}): ", series.segment, number, segments) : "";
  const std::lock_guard lock(mutex_);
  under_way_.clear();
  spent_.clear();
  say(LineLevel::info,
      fmt::format("{}, {}, {}", plural(series.y.size(), "value"), to_string(series.frequency),
                  series.season_length > 1 ? fmt::format("seasons of {}", series.season_length)
                                           : std::string("no season")));
}

void TrainingLog::fitting(std::string_view model, int window) {
  const std::lock_guard lock(mutex_);
  under_way_[{std::string(model), window}] = Clock::now();
}

void TrainingLog::fitted(std::string_view model, int window) {
  const std::lock_guard lock(mutex_);
  const auto begun = under_way_.extract({std::string(model), window});
  if (begun.empty()) return;
  const auto time = Clock::now() - begun.mapped();
  auto& spent = spent_[std::string(model)];
  ++spent.fits;
  spent.time += time;
  if (time >= slow_fit) {
    say(LineLevel::info, fmt::format("{} fitted to {} in {}", model, where(window), seconds(time)));
  }
}

void TrainingLog::model_done(const forecast::ModelOutcome& model) {
  if (model.problem) {
    say(LineLevel::warning, fmt::format("{} failed: {}", model.model, describe(*model.problem)));
    return;
  }
  auto line = fmt::format("{}:", model.model);
  if (const auto& mape = model.scores.mape) line += fmt::format(" mape {:.4g},", *mape);
  if (const auto& mase = model.scores.mase) line += fmt::format(" mase {:.4g},", *mase);
  const std::lock_guard lock(mutex_);
  if (const auto spent = spent_.find(model.model); spent != spent_.end()) {
    line += fmt::format(" {} in {},", plural(static_cast<std::size_t>(spent->second.fits), "fit"),
                        seconds(spent->second.time));
  }
  say(LineLevel::info, line + ' ' + model.description);
}

void TrainingLog::end_segment(const forecast::SegmentOutcome& outcome) {
  for (const auto& warning : outcome.quality.warnings)
    say(LineLevel::warning, warning);
  if (outcome.problem) {
    say(LineLevel::error, describe(*outcome.problem));
  } else if (outcome.models.size() > 1) {
    say(LineLevel::info, choice_of(outcome));
  }
  prefix_.clear();
}

void TrainingLog::problem(const std::string& segment, const Error& error) {
  say(LineLevel::error,
      segment.empty() ? describe(error) : fmt::format("{}: {}", segment, describe(error)));
}

}  // namespace trainyard::training
