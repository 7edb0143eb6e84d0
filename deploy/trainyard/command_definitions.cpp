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
  Secret key;
  std::string name;
  std::string file;
  int limit = 50;
};

// They are managed alike; those that act have verbs of their own.
struct Resource {
  std::string name;  // as in the path of the API
  std::string what;
  std::vector<std::pair<const char*, const char*>> verbs = {};
};

Exit print(const Result<json>& answer) {
  if (!answer) return report(answer.error());
  if (!answer->is_null() && !answer->is_discarded()) fmt::print("{}\n", answer->dump(2));
  return Exit::ok;
}

std::string text_of(const json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Result<json> read_file(const std::string& path) {
  std::ifstream file(path);
  auto content = json::parse(file, nullptr, false);
  if (!content.is_discarded()) return content;
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("{} is not JSON", path),
                    .field = "FILE"});
}

class Command {
 public:
  Command(Resource resource, const Options& options)
      : resource_(std::move(resource)), options_(options), api_(options.url, options.key) {}

  Exit list() {
    const auto page = api_.get(fmt::format("/api/v2/{}?limit={}", resource_.name, options_.limit));
    if (!page) return report(page.error());
    for (const auto& each : (*page)[resource_.name]) {
      fmt::print("{:<30} {:<24} {}\n", text_of(each["name"]), text_of(each["due_at"]),
                 each["spec"].dump());
    }
    return Exit::ok;
  }
  Exit get() { return print(api_.get(path())); }
  Exit put() {
    const auto spec = read_file(options_.file);
    return spec ? print(api_.put(path(), *spec)) : report(spec.error());
  }
  Exit remove() { return print(api_.remove(path())); }
  Exit act(const std::string& verb) { return print(api_.post(path() + "/" + verb)); }
  Exit decisions() {
    const auto page = api_.get(fmt::format("{}/decisions?limit={}", path(), options_.limit));
    if (!page) return report(page.error());
    for (const auto& each : (*page)["decisions"]) {
      fmt::print("{:<28} {:<8} {}  {}\n", text_of(each["at"]), text_of(each["outcome"]),
                 text_of(each["reason"]), each["data"].dump());
    }
    return Exit::ok;
  }

 private:
  std::string path() const { return fmt::format("/api/v2/{}/{}", resource_.name, options_.name); }

  Resource resource_;
  const Options& options_;
  ApiClient api_;
};

void add_resource(CLI::App& app, Selection& selection, const Resource& resource) {
  auto options = std::make_shared<Options>();
  auto* group = app.add_subcommand(resource.name, resource.what);
  group->require_subcommand(1);
  group->add_option("--url", options->url, "where the API is");
  const auto verb = [&](const std::string& name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->callback([&selection, options, resource, run] {
      selection.run = [options, resource, run](const config::Settings& settings) {
        options->key = settings.client_key;
        Command chosen(resource, *options);
        return run(chosen);
      };
    });
    return command;
  };
  const auto verb_on = [&](const std::string& name, const char* what, auto run) {
    auto* command = verb(name, what, run);
    command->add_option("NAME", options->name, "which one")->required();
    return command;
  };
  const auto limit = [&](CLI::App* command) {
    command->add_option("--limit", options->limit, "how many")->check(CLI::Range(1, 1000));
  };
  limit(verb("list", "Your own, by name", [](Command& c) { return c.list(); }));
  verb_on("get", "One of them", [](Command& c) { return c.get(); });
  verb_on("put", "Store one, in place of the old one", [](Command& c) { return c.put(); })
      ->add_option("FILE", options->file, "JSON file with what it says")
      ->required()
      ->check(CLI::ExistingFile);
  verb_on("delete", "Remove one", [](Command& c) { return c.remove(); });
  if (resource.verbs.empty()) return;
  for (const auto& [name, what] : resource.verbs) {
    verb_on(name, what, [act = std::string(name)](Command& c) { return c.act(act); });
  }
  limit(verb_on("decisions", "What it did or left, and why, newest first",
                [](Command& c) { return c.decisions(); }));
}

}  // namespace

void add_definitions(CLI::App& app, Selection& selection) {
  const std::pair pause("pause", "Let it rest");
  const std::pair resume("resume", "Let it go on");
  add_resource(app, selection, {"templates", "Training templates of a running API"});
  add_resource(app, selection,
               {.name = "schedules",
                .what = "What starts jobs by the clock",
                .verbs = {{"run", "Start its training now"}, pause, resume}});
  add_resource(app, selection,
               {.name = "triggers",
                .what = "What starts jobs when a table changes",
                .verbs = {pause, resume}});
}

void add_events(CLI::App& app, Selection& selection) {
  auto options = std::make_shared<Options>();
  auto* events = app.add_subcommand("events", "Send CloudEvents to a running API");
  events->require_subcommand(1);
  events->add_option("--url", options->url, "where the API is");
  auto* send = events->add_subcommand("send", "Send the event of a JSON file, as RetrainRequested");
  send->add_option("FILE", options->file, "JSON file with the event")
      ->required()
      ->check(CLI::ExistingFile);
  send->callback([&selection, options] {
    selection.run = [options](const config::Settings& settings) {
      const auto event = read_file(options->file);
      if (!event) return report(event.error());
      return print(ApiClient(options->url, settings.client_key).post_event(*event));
    };
  });
}

}  // namespace trainyard
