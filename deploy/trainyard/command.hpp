#pragma once

#include "common/config/settings.hpp"

#include <CLI/App.hpp>

#include <functional>

// One subcommand is one file with an add_<name>() that declares its options and what runs it.

namespace trainyard {

// Exit codes of every subcommand; `train` adds some_failed.
enum class Exit { ok = 0, internal = 1, usage = 2, some_failed = 3, interrupted = 130 };

// What the command line chose. `run` is empty when no subcommand was named. A command that waits
// for signals makes its StopSignal before its log: a thread made earlier would take them instead.
struct Selection {
  std::function<Exit(const config::Settings&)> run;
};

void add_standalone(CLI::App& app, Selection& selection);
void add_api(CLI::App& app, Selection& selection);
void add_worker(CLI::App& app, Selection& selection);
void add_notifier(CLI::App& app, Selection& selection);
void add_control(CLI::App& app, Selection& selection);
void add_child(CLI::App& app, Selection& selection);
void add_migrate(CLI::App& app, Selection& selection);
void add_doctor(CLI::App& app, Selection& selection);
void add_train(CLI::App& app, Selection& selection);
void add_jobs(CLI::App& app, Selection& selection);
void add_pipelines(CLI::App& app, Selection& selection);
void add_keys(CLI::App& app, Selection& selection);
void add_events(CLI::App& app, Selection& selection);
void add_definitions(CLI::App& app, Selection& selection);  // templates, schedules, triggers

// Prints "trainyard: <what>" to standard error and returns the code that fits the error.
Exit report(const Error& error);

}  // namespace trainyard
