#include "common/base/uuid.hpp"
#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/roles/backbone.hpp"
#include "deploy/trainyard/roles/child_tasks.hpp"
#include "deploy/trainyard/roles/storage.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace trainyard {
namespace {

constexpr std::uintmax_t free_space_min = std::uintmax_t{1} << 30;

// Prints each check with its outcome and what to do; remembers whether one failed.
class Report {
 public:
  void line(std::string_view what, const Result<std::string>& outcome) {
    if (outcome) {
      fmt::print("ok      {:<12} {}\n", what, *outcome);
    } else {
      fmt::print("FAILED  {:<12} {}\n", what, describe(outcome.error()));
      failed_ = true;
    }
  }
  Exit exit() const { return failed_ ? Exit::internal : Exit::ok; }

 private:
  bool failed_ = false;
};

Result<std::string> check_data_dir(const config::Settings& settings) {
  const auto directory = std::filesystem::absolute(settings.data_dir);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const auto space = std::filesystem::space(directory, error);
  if (error || access(directory.c_str(), W_OK) != 0) {
    return fail(Error{.code = Errc::unavailable,
                      .detail = directory.string() + " cannot be written to",
                      .hint = "set data_dir to a directory that this user owns"});
  }
  if (space.available < free_space_min) {
    return fail(
        Error{.code = Errc::exhausted,
              .detail = fmt::format("{} has {} MB left", directory.string(), space.available >> 20),
              .hint = "free at least 1 GB"});
  }
  return fmt::format("{}, {} GB free", directory.string(), space.available >> 30);
}

Result<std::string> ping(const Result<void>& answer, std::string name) {
  TRY_DO(answer);
  return name;
}

// What is written must come back, and go.
Result<std::string> check_artifacts(const config::Settings& settings) {
  const auto store = open_artifacts(settings, make_impatient_s3_client(settings));
  const auto name = fmt::format("doctor-{}", Uuid::make_v7().to_string());
  TRY(const auto uri, store->put(name, name));
  TRY_DO(store->get(name));
  TRY_DO(store->remove_all(name));
  return uri.substr(0, uri.rfind("/doctor-"));
}

// Starting one proves that the executable can be started again and that its libraries load.
Result<std::string> check_child(const config::Settings& settings, const log::Log& log) {
  ChildTasks tasks(log, one_child(settings));
  return tasks.run("selfcheck", "{}");
}

Exit run_doctor(const config::Settings& settings) {
  const auto log = log::make_log(settings.log_level);
  Report report;
  report.line("data", check_data_dir(settings));
  const bool is_fleet = settings.store.type == config::StoreType::postgres;
  auto backbone = open_backbone(settings, log);
  if (!backbone && backbone.error().field == "kafka") {
    report.line("Kafka", std::unexpected(backbone.error()));
  } else if (!backbone) {
    report.line(is_fleet ? "PostgreSQL" : "SQLite", std::unexpected(backbone.error()));
  } else {
    report.line(is_fleet ? "PostgreSQL" : "SQLite",
                ping(backbone->store->ping(),
                     is_fleet ? "reachable and migrated" : settings.sqlite_path().string()));
    if (!settings.kafka.brokers.empty()) {
      report.line("Kafka", ping(backbone->bus->ping(), settings.kafka.brokers));
    }
  }
  report.line("artefacts", check_artifacts(settings));
  report.line("training", check_child(settings, log));
  return report.exit();
}

}  // namespace

void add_doctor(CLI::App& app, Selection& selection) {
  app.add_subcommand("doctor", "Check every dependency and say what to do")->callback([&selection] {
    selection.run = run_doctor;
  });
}

}  // namespace trainyard
