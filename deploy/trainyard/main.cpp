#include "common/config/load_settings.hpp"
#include "common/config/setting_table.hpp"
#include "common/runtime/init_process.hpp"
#include "deploy/trainyard/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>

extern char** environ;

namespace trainyard {
namespace {

std::map<std::string, std::string> environment_of(char** variables) {
  std::map<std::string, std::string> environment;
  for (; *variables != nullptr; ++variables) {
    const std::string_view entry = *variables;
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return environment;
}

// Every setting is a flag of the main command; subcommands hand them up to it.
void add_setting_flags(CLI::App& app, std::map<std::string, std::string>& flags) {
  for (const auto& setting : config::setting_table()) {
    auto names = setting.flag();
    if (setting.key == "http.port") names += ",--port";
    const std::string key(setting.key);
    app.add_option_function<std::string>(
           names, [&flags, key](const std::string& text) { flags[key] = text; },
           std::string(setting.description))
        ->type_name(std::string(setting.expected))
        ->group("Settings");
  }
}

Exit run(int argc, char** argv) {
  CLI::App app("Trainyard: event-driven training and forecasting", "trainyard");
  app.set_version_flag("--version", TRAINYARD_VERSION);
  app.fallthrough();
  app.get_formatter()->column_width(40);

  config::Sources sources{.environment = environment_of(environ)};
  std::filesystem::path file;
  bool print_config = false;
  app.add_option("--config", file, "TOML file with settings")->check(CLI::ExistingFile);
  app.add_flag("--print-config", print_config, "Show every setting with its value, and exit");
  add_setting_flags(app, sources.flags);

  Selection selection;
  for (const auto add :
       {add_standalone, add_train, add_jobs, add_events, add_definitions, add_pipelines, add_keys,
        add_api, add_worker, add_notifier, add_control, add_migrate, add_doctor, add_child}) {
    add(app, selection);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop) == 0 ? Exit::ok : Exit::usage;
  }

  if (!file.empty()) sources.file = file;
  auto [settings, problems] = config::load_settings(sources);
  for (const auto& problem : problems)
    report(problem);
  if (!problems.empty()) return Exit::usage;
  if (print_config) {
    fmt::print("{}", config::print_settings(settings));
    return Exit::ok;
  }
  if (!selection.run) {
    fmt::print("{}", app.help());
    return Exit::usage;
  }
  return selection.run(settings);
}

}  // namespace

Exit report(const Error& error) {
  fmt::print(stderr, "trainyard: {}\n", describe(error));
  switch (category_of(error)) {
    case Category::data:
    case Category::config:
      return Exit::usage;
    case Category::transient:
    case Category::cluster:
    case Category::permanent:
      return error.code == Errc::cancelled ? Exit::interrupted : Exit::internal;
  }
  std::unreachable();
}

}  // namespace trainyard

int main(int argc, char** argv) {
  if (const auto code = trainyard::runtime::serve_as_init()) return *code;
  return static_cast<int>(trainyard::run(argc, argv));
}
