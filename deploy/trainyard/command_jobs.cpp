#include "deploy/trainyard/api_client.hpp"
#include "deploy/trainyard/change_jobs.hpp"
#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/signals.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fstream>
#include <poll.h>

namespace trainyard {
namespace {

using nlohmann::json;

struct JobsOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string job_id;
  std::string status;
  std::string config_file;
  std::string unique;
  int limit = 20;
  bool as_json = false;
  bool follow = false;
  int attempt = 0;  // 0: all
  Secret key;

  ApiClient api() const { return ApiClient(url, key); }
};

std::string text_of(const json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void print_row(const json& job) {
  fmt::print("{}  {:<10} {:>3} %  {:<14} {:<30} {}\n", text_of(job["job_id"]),
             text_of(job["status"]), text_of(job["progress"]), text_of(job["model"]),
             text_of(job["segment_id"]).substr(0, 30), text_of(job["current_step"]));
}

void print_job(const json& job) {
  for (const auto& [name, value] : job.items()) {
    if (!value.is_null() && value != "") fmt::print("{:<18} {}\n", name, text_of(value));
  }
}

Exit show(const JobsOptions& options, const Result<json>& answer,
          const std::function<void(const json&)>& print) {
  if (!answer) return report(answer.error());
  if (options.as_json) {
    fmt::print("{}\n", answer->dump(2));
  } else {
    print(*answer);
  }
  return Exit::ok;
}

Exit list(const JobsOptions& options) {
  auto path = fmt::format("/api/v2/jobs?limit={}", options.limit);
  if (!options.status.empty()) path += "&status=" + options.status;
  return show(options, options.api().get(path), [](const json& page) {
    for (const auto& job : page["jobs"])
      print_row(job);
    fmt::print("{} of {} jobs\n", page["jobs"].size(), page["total"].get<std::int64_t>());
  });
}

Exit submit(const JobsOptions& options) {
  std::ifstream file(options.config_file);
  const auto config = json::parse(file, nullptr, false);
  if (config.is_discarded()) {
    return report({.code = Errc::invalid_argument,
                   .detail = fmt::format("{} is not JSON", options.config_file),
                   .field = "CONFIG"});
  }
  json body = config.contains("config") ? config : json{{"config", config}};
  if (!options.unique.empty()) body["options"]["unique"]["key"] = options.unique;
  return show(options, options.api().post("/api/v2/jobs?submit=true", body),
              [](const json& job) { fmt::print("{}\n", text_of(job["job_id"])); });
}

std::string job_path(const JobsOptions& options, std::string_view rest = "") {
  return fmt::format("/api/v2/jobs/{}{}", options.job_id, rest);
}

Exit exit_of(const std::string& status) {
  if (status == "completed") return Exit::ok;
  return status == "cancelled" ? Exit::interrupted : Exit::some_failed;
}

bool is_final(const std::string& status) {
  return status == "completed" || status == "failed" || status == "cancelled";
}

// Prints a line whenever something changed, until the job ends.
Exit watch(const JobsOptions& options) {
  const StopSignal stop;
  auto api = options.api();
  std::string shown;
  while (true) {
    const auto job = api.get(job_path(options));
    if (!job) return report(job.error());
    const auto status = text_of((*job)["status"]);
    const auto line = fmt::format("{:<10} {:>3} %  {}", status, text_of((*job)["progress"]),
                                  text_of((*job)["current_step"]));
    if (line != shown) fmt::print("{}\n", line);
    shown = line;
    if (is_final(status)) {
      if (!(*job)["error"].is_null()) fmt::print("{}\n", text_of((*job)["error"]));
      return exit_of(status);
    }
    pollfd ready{.fd = stop.descriptor(), .events = POLLIN};
    if (poll(&ready, 1, 500) == 1) return Exit::interrupted;
  }
}

void print_line(const json& line) {
  fmt::print("{} {:<7} {}\n", text_of(line["at"]), text_of(line["level"]), text_of(line["line"]));
}

// Prints what is stored after `after`, which moves on.
Result<void> print_lines(const JobsOptions& options, ApiClient& api, std::int64_t& after) {
  const auto attempt = options.attempt > 0 ? fmt::format("&attempt={}", options.attempt) : "";
  while (true) {
    TRY(const auto page,
        api.get(job_path(options, fmt::format("/logs?after={}{}", after, attempt))));
    for (const auto& line : page["lines"]) {
      if (options.as_json) {
        fmt::print("{}\n", line.dump());
      } else {
        print_line(line);
      }
    }
    after = page["next"];
    if (!page["has_more"].get<bool>()) break;
  }
  std::fflush(stdout);
  return {};
}

Exit logs(const JobsOptions& options) {
  const StopSignal stop;
  auto api = options.api();
  std::int64_t after = 0;
  for (bool has_ended = !options.follow;;) {
    if (const auto printed = print_lines(options, api, after); !printed) {
      return report(printed.error());
    }
    if (has_ended) return Exit::ok;
    // The last lines are stored a moment after the end: they are asked for once more.
    const auto job = api.get(job_path(options));
    if (!job) return report(job.error());
    has_ended = is_final(text_of((*job)["status"]));
    pollfd ready{.fd = stop.descriptor(), .events = POLLIN};
    if (poll(&ready, 1, 500) == 1) return Exit::interrupted;
  }
}

}  // namespace

void add_jobs(CLI::App& app, Selection& selection) {
  auto options = std::make_shared<JobsOptions>();
  auto* jobs = app.add_subcommand("jobs", "List, start, watch and cancel jobs of a running API");
  jobs->require_subcommand(1);
  jobs->add_option("--url", options->url, "where the API is");
  jobs->add_flag("--json", options->as_json, "print what the API answers");

  const auto verb = [&](const char* name, const char* what, auto run) {
    auto* command = jobs->add_subcommand(name, what);
    command->callback([&selection, options, run] {
      selection.run = [options, run](const config::Settings& settings) {
        options->key = settings.client_key;
        return run(*options);
      };
    });
    return command;
  };
  const auto verb_on_job = [&](const char* name, const char* what, auto run) {
    auto* command = verb(name, what, run);
    command->add_option("JOB_ID", options->job_id, "the job")->required();
    return command;
  };

  auto* listing = verb("list", "Newest jobs first", list);
  listing->add_option("--status", options->status, "only jobs in this state");
  listing->add_option("--limit", options->limit, "how many")->check(CLI::Range(1, 1000));
  auto* submitting = verb("submit", "Create and start a job from a JSON config", submit);
  submitting->add_option("CONFIG", options->config_file, "JSON file with the job's config")
      ->required()
      ->check(CLI::ExistingFile);
  submitting->add_option("--unique", options->unique,
                         "name the job that has this key already instead, if one does");
  verb_on_job("get", "One job",
              [](const JobsOptions& o) { return show(o, o.api().get(job_path(o)), print_job); });
  verb_on_job("results", "A completed job's results", [](const JobsOptions& o) {
    return show(o, o.api().get(job_path(o, "/results")),
                [](const json& answer) { fmt::print("{}\n", answer.dump(2)); });
  });
  verb_on_job("explain", "Why a job is where it is", [](const JobsOptions& o) {
    return show(o, o.api().get(job_path(o, "/explain")), [](const json& answer) {
      fmt::print("{}: {}\n", text_of(answer["reason"]), text_of(answer["explanation"]));
    });
  });
  const auto change = [&](const char* name, const char* what) {
    auto changed = std::make_shared<JobsToChange>();
    auto* command = verb(name, what, [changed, name](const JobsOptions& o) {
      changed->as_json = o.as_json;
      return change_jobs(o.api(), name, *changed);
    });
    changed->add_to(*command);
    return std::pair(command, changed);
  };
  change("cancel", "Stop a job, or all that match");
  change("delete", "Delete a job, or all that match");
  const auto [redrive, redriven] =
      change("redrive", "Give a failed job another go, or all that match");
  redrive->add_option("--set", redriven->edits, "edit the config: KEY=VALUE, e.g. horizon=12");
  verb_on_job("watch", "Follow a job until it ends", watch);
  auto* lines = verb_on_job("logs", "What a job wrote", logs);
  lines->add_flag("--follow,-f", options->follow, "until it ends");
  lines->add_option("--attempt", options->attempt, "of this attempt alone")
      ->check(CLI::Range(1, 1'000'000));
}

}  // namespace trainyard
