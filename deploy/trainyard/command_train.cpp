#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/train/run_training.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace trainyard {

void add_train(CLI::App& app, Selection& selection) {
  auto options = std::make_shared<TrainOptions>();
  auto* train =
      app.add_subcommand("train", "Train and forecast a file or a Delta table, here and now");
  train
      ->add_option(
          "FILE", options->file,
          "CSV, Parquet or Delta table, here or s3://bucket/…; @v12 at its end: that version")
      ->required();
  train->add_option("--horizon", options->horizon, "periods to forecast")->required();
  train->add_option("--time", options->time, "column with the dates; inferred");
  train->add_option("--target", options->target, "column with the values; inferred");
  train->add_option("--segment", options->segment, "column that names the series; inferred");
  train->add_option(
      "--frequency", options->frequency,
      "yearly, quarterly, monthly, weekly, daily, hourly or a pandas alias; inferred");
  train->add_option("--models", options->models, "which to train")->delimiter(',');
  train->add_option("--covariates", options->covariates, "columns with known influences")
      ->delimiter(',');
  train->add_option("--level", options->levels, "percent of the intervals; default 95")
      ->delimiter(',');
  train->add_option("--metric", options->metric, "which error picks the best: mape, smape, …");
  train->add_option("--windows,--backtest-windows", options->windows,
                    "forecast origins of the backtest");
  train->add_option("--step,--backtest-step", options->step,
                    "periods between origins; default the horizon");
  train->add_option("--gap,--backtest-gap", options->gap, "periods between training and test");
  train->add_option("--backtest-window", options->window,
                    "expanding (from the first value on) or sliding training parts");
  train->add_option("--backtest-size", options->size, "periods of a sliding window at most");
  train->add_option("--anomaly-threshold", options->threshold,
                    "robust standard deviations; default 3.5");
  train->add_option("--time-budget", options->time_budget,
                    "CPU seconds for the fits of each segment; default 60");
  train->add_option("--seed", options->seed, "of everything random");
  train->add_option("--output", options->output, "directory for the CSV files");
  train->add_option("--threads", options->threads, "training processes; default one per core");
  train->add_flag("--json", options->as_json, "print the results for machines");
  train->add_flag("--serve", options->serve, "keep the live page up until Ctrl-C");
  train->callback([&selection, options] {
    selection.run = [options](const config::Settings& settings) {
      return run_training(*options, settings);
    };
  });
}

}  // namespace trainyard
