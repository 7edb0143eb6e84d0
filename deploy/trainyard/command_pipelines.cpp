#include "deploy/trainyard/api_client.hpp"
#include "deploy/trainyard/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fstream>

namespace trainyard {
namespace {

using nlohmann::json;

struct Options {
  std::string url = "http://127.0.0.1:8080";
  std::string id;
  std::string file;
  std::string status;
  int limit = 20;
  bool as_json = false;
  Secret key;

  ApiClient api() const { return ApiClient(url, key); }
  std::string path(std::string_view rest = "") const {
    return fmt::format("/api/v2/pipelines/{}{}", id, rest);
  }
};

std::string text_of(const json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void print_pipeline(const json& pipeline) {
  fmt::print("{}  {:<10} {:>3} %  {}\n", text_of(pipeline["pipeline_id"]),
             text_of(pipeline["status"]), text_of(pipeline["progress"]), text_of(pipeline["name"]));
  for (const auto& step : pipeline["steps"]) {
    fmt::print("  {:<24} {:<10} {:<36} {}\n", text_of(step["name"]), text_of(step["status"]),
               text_of(step["batch_id"]), text_of(step["reason"]));
  }
}

Exit show(const Options& options, const Result<json>& answer,
          const std::function<void(const json&)>& print = print_pipeline) {
  if (!answer) return report(answer.error());
  if (options.as_json) {
    fmt::print("{}\n", answer->dump(2));
  } else {
    print(*answer);
  }
  return Exit::ok;
}

Exit list(const Options& options) {
  auto path = fmt::format("/api/v2/pipelines?limit={}", options.limit);
  if (!options.status.empty()) path += "&status=" + options.status;
  return show(options, options.api().get(path), [](const json& page) {
    for (const auto& each : page["pipelines"]) {
      fmt::print("{}  {:<10} {}  {} ({} steps)\n", text_of(each["pipeline_id"]),
                 text_of(each["status"]), text_of(each["created_at"]), text_of(each["name"]),
                 each["steps"].size());
    }
  });
}

Exit create(const Options& options) {
  std::ifstream file(options.file);
  const auto spec = json::parse(file, nullptr, false);
  if (spec.is_discarded()) {
    return report({.code = Errc::invalid_argument,
                   .detail = fmt::format("{} is not JSON", options.file),
                   .field = "FILE"});
  }
  return show(options, options.api().post("/api/v2/pipelines", spec));
}

}  // namespace

void add_pipelines(CLI::App& app, Selection& selection) {
  auto options = std::make_shared<Options>();
  auto* group = app.add_subcommand("pipelines", "Runs of dependent steps on a running API");
  group->require_subcommand(1);
  group->add_option("--url", options->url, "where the API is");
  group->add_flag("--json", options->as_json, "print what the API answers");
  const auto verb = [&](const char* name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->callback([&selection, options, run] {
      selection.run = [options, run](const config::Settings& settings) {
        options->key = settings.client_key;
        return run(*options);
      };
    });
    return command;
  };
  const auto verb_on = [&](const char* name, const char* what, auto run) {
    verb(name, what, run)->add_option("PIPELINE_ID", options->id, "which one")->required();
  };
  auto* listing = verb("list", "Newest first", list);
  listing->add_option("--status", options->status, "only those in this state");
  listing->add_option("--limit", options->limit, "how many")->check(CLI::Range(1, 200));
  verb("create", "Begin one from a JSON file: {name, steps: [{name, after, config, …}]}", create)
      ->add_option("FILE", options->file, "JSON file with its steps")
      ->required()
      ->check(CLI::ExistingFile);
  verb_on("get", "One of them, step by step",
          [](const Options& o) { return show(o, o.api().get(o.path())); });
  verb_on("cancel", "Stop what runs, and begin nothing more",
          [](const Options& o) { return show(o, o.api().post(o.path("/cancel"))); });
  verb_on("retry", "Repeat what did not complete, and go on",
          [](const Options& o) { return show(o, o.api().post(o.path("/retry"))); });
}

}  // namespace trainyard
