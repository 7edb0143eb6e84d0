#include "deploy/trainyard/train/run_training.hpp"

#include "api/service/change_batch.hpp"
#include "api/service/create_batch.hpp"
#include "deploy/trainyard/roles/training_tools.hpp"
#include "deploy/trainyard/signals.hpp"
#include "deploy/trainyard/standalone.hpp"
#include "deploy/trainyard/terminal/leaderboard.hpp"
#include "deploy/trainyard/terminal/result_files.hpp"
#include "deploy/trainyard/terminal/warning_list.hpp"
#include "deploy/trainyard/train/batch_follower.hpp"
#include "deploy/trainyard/train/collect_results.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace trainyard {
namespace {

using nlohmann::json;

constexpr const char* local_user = "local_user";
constexpr std::chrono::milliseconds frame_time{100};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    auto pattern = (std::filesystem::temp_directory_path() / "trainyard-train-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A laptop's settings, whatever the environment says about a fleet.
config::Settings settings_for(const TrainOptions& options, config::Settings settings,
                              const std::filesystem::path& directory) {
  settings.data_dir = directory;
  settings.store = {};
  settings.kafka = {};
  if (settings.http.port == config::Settings{}.http.port) settings.http.port = 0;
  if (options.threads > 0) settings.worker.children = options.threads;
  // Progress is what a person wants to see here; troubles still appear.
  settings.log_level = std::max(settings.log_level, log::Level::warn);
  return settings;
}

json config_of(const TrainOptions& options, const std::string& data_path) {
  json config{{"data_path", data_path}, {"horizon", options.horizon}, {"metric", options.metric}};
  const auto set = [&](const char* key, const auto& value) {
    if (!value.empty()) config[key] = value;
  };
  set("time_col", options.time);
  set("target_col", options.target);
  set("segment_col", options.segment);
  set("frequency", options.frequency);
  set("covariates", options.covariates);
  set("level", options.levels);
  if (options.windows) config["backtest"]["windows"] = *options.windows;
  if (options.step) config["backtest"]["step"] = *options.step;
  if (options.gap) config["backtest"]["gap"] = *options.gap;
  if (!options.window.empty()) config["backtest"]["window"] = options.window;
  if (options.size) config["backtest"]["size"] = *options.size;
  if (options.time_budget) config["time_budget_seconds"] = *options.time_budget;
  if (options.threshold) config["anomalies"]["threshold"] = *options.threshold;
  if (options.seed) config["seed"] = *options.seed;
  return config;
}

// Shows progress while it changes: redrawn in place on a terminal, a line per ten percent
// elsewhere.
class ProgressDisplay {
 public:
  void show(const terminal::BatchProgress& progress) {
    if (is_terminal_) {
      if (drawn_) fmt::print("{}", terminal::erase_progress(progress));
      fmt::print("{}", terminal::render_progress(progress));
      drawn_ = true;
    } else if (progress.percent / 10 > last_tenth_) {
      last_tenth_ = progress.percent / 10;
      fmt::print("{}", terminal::render_progress_line(progress));
    }
    std::fflush(stdout);
  }

 private:
  const bool is_terminal_ = isatty(STDOUT_FILENO) == 1;
  bool drawn_ = false;
  int last_tenth_ = -1;
};

class Training {
 public:
  Training(const TrainOptions& options, const config::Settings& settings, const log::Log& log,
           StopSignal& stop)
      : options_(options), settings_(settings), log_(log), stop_(stop) {}

  Result<Exit> run() {
    TRY(standalone_, Standalone::start(settings_, log_));
    auto& store = standalone_->store();
    TRY(auto follower, BatchFollower::make(standalone_->bus()));
    TRY(const auto batch, create(store));
    follower.expect(batch.jobs, models());
    print_header(batch);
    TRY(const bool interrupted, follow(follower, batch.batch.id));
    TRY(const auto summary, tell_results(batch));
    if (interrupted) return Exit::interrupted;
    show_page(batch.batch.id);
    if (summary.is_refused()) return Exit::usage;
    return summary.failed_segments() > 0 ? Exit::some_failed : Exit::ok;
  }

 private:
  Result<service::CreatedBatch> create(ports::JobStore& store) {
    ChildTasks tasks(log_, one_child(settings_));
    TRY(const auto data, import_file(tasks, settings_, options_.file));
    const auto intake = make_intake(settings_, tasks);
    service::EntryGate gate(standalone_->line());
    return service::create_batch(
        store, gate, intake, caller(),
        {.job = {.config = config_of(options_, data.data_path).dump()}, .models = models()});
  }

  // True when the user interrupted: the batch is cancelled then, and its end awaited.
  Result<bool> follow(BatchFollower& follower, BatchId batch) {
    ProgressDisplay display;
    bool interrupted = false;
    while (!follower.is_over()) {
      TRY_DO(follower.poll(frame_time));
      if (!options_.as_json) display.show(follower.progress());
      if (!interrupted && stop_.arrived()) {
        interrupted = true;
        stop_.wait();
        stop_.restore_default();
        fmt::print(stderr, "cancelling; press Ctrl-C again to leave at once\n");
        service::JobControl control(log_, standalone_->bus());
        TRY_DO(service::cancel_batch(standalone_->store(), control, caller(), batch));
      }
    }
    return interrupted;
  }

  static service::Caller caller() { return {.user_id = local_user}; }

  std::vector<std::string> models() const {
    return options_.models.empty() ? std::vector<std::string>{"auto"} : options_.models;
  }

  std::string page_of(BatchId batch) const {
    return fmt::format("http://{}:{}/batches/{}", settings_.http.host, standalone_->port(),
                       batch.to_string());
  }

  void print_header(const service::CreatedBatch& batch) const {
    if (options_.as_json) return;
    const auto count = models().size();
    fmt::print("Training {} segments × {} models: {} jobs. Live at {}\n", batch.jobs.size() / count,
               count, batch.jobs.size(), page_of(batch.batch.id));
    std::fflush(stdout);
  }

  // Into the files, and for machines or people to standard output.
  Result<terminal::TrainingSummary> tell_results(const service::CreatedBatch& batch) {
    terminal::ResultFiles files(options_.output);
    terminal::TrainingSummary summary(models(), options_.metric);
    if (options_.as_json) {
      fmt::print("{{\"batch_id\": \"{}\", \"metric\": {}, \"segments\": [",
                 batch.batch.id.to_string(), json(options_.metric).dump());
    }
    TRY_DO(collect_results(
        standalone_->store(), batch.jobs, models(), options_.metric,
        [&](terminal::SegmentResult segment) {
          files.add(segment);
          if (segment.best_model.empty() && !segment.models.empty()) {
            fmt::print(stderr, "failed: {}: {}\n", segment.segment, segment.models.front().reason);
          }
          if (options_.as_json) {
            fmt::print("{}\n{}", summary.segments() > 0 ? "," : "", to_json(segment));
          }
          summary.add(std::move(segment));
        }));
    TRY_DO(files.close());
    if (options_.as_json) {
      fmt::print("\n], \"failed_segments\": {}}}\n", summary.failed_segments());
    } else {
      fmt::print(
          "\n{}{}\nWritten to {}: forecast.csv, best.csv, metrics.csv, backtest.csv, "
          "anomalies.csv, "
          "components.csv, warnings.csv\n",
          terminal::render_leaderboard(summary), terminal::render_warnings(summary),
          options_.output.string());
    }
    return summary;
  }

  // The page goes with this process.
  void show_page(BatchId batch) {
    if (options_.serve) {
      fmt::print("\nThe page stays at {} until you press Ctrl-C.\n", page_of(batch));
      std::fflush(stdout);
      stop_.wait();
    } else if (!options_.as_json) {
      fmt::print("The page was live at {} until now; with --serve it stays.\n", page_of(batch));
    }
  }

  const TrainOptions& options_;
  const config::Settings& settings_;
  log::Log log_;
  StopSignal& stop_;
  std::unique_ptr<Standalone> standalone_;
};

}  // namespace

Exit run_training(const TrainOptions& options, const config::Settings& settings) {
  StopSignal stop;
  const TemporaryDirectory directory;
  const auto own = settings_for(options, settings, directory.path());
  const auto done = Training(options, own, log::make_log(own.log_level), stop).run();
  return done ? *done : report(done.error());
}

}  // namespace trainyard
