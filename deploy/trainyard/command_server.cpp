#include "deploy/trainyard/await_dependency.hpp"
#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/roles/api_role.hpp"
#include "deploy/trainyard/roles/control_role.hpp"
#include "deploy/trainyard/roles/worker_role.hpp"
#include "deploy/trainyard/signals.hpp"
#include "deploy/trainyard/standalone.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <optional>

// The subcommands that serve until they are told to stop.

namespace trainyard {
namespace {

// The port may have been chosen by the system: say where it is, on a line that scripts wait for.
void announce(const config::Settings& settings, std::uint16_t port) {
  fmt::print("listening on http://{}:{}\n", settings.http.host, port);
  std::fflush(stdout);
}

// A second signal means "now": the default action ends the process at once.
void serve_until_stopped(StopSignal& stop, const log::Log& log) {
  log.info("ready");
  const int signal = stop.wait();
  log.info("stopping", {{"signal", signal}});
  stop.restore_default();
}

using MakeRole = std::function<std::unique_ptr<runtime::Lifecycle>(const config::Settings&,
                                                                   const log::Log&, Backbone&)>;

// What has to answer before a role starts. The others live without Kafka: jobs are accepted into
// the database, and what is to be told waits there.
enum class Needs { store, store_and_bus };

Result<Backbone> open_patiently(const config::Settings& settings, const log::Log& log, Needs needs,
                                const StopSignal& stop) {
  std::optional<Backbone> backbone;
  TRY_DO(await_dependency(log, "PostgreSQL", stop, [&]() -> Result<void> {
    TRY(backbone, open_fleet_backbone(settings, log));
    return {};
  }));
  if (needs == Needs::store_and_bus) {
    TRY_DO(await_dependency(log, "Kafka", stop, [&] { return backbone->bus->ping(); }));
  }
  return std::move(*backbone);
}

Exit run_role(const config::Settings& settings, std::string_view name, Needs needs,
              const MakeRole& make) {
  StopSignal stop;
  const auto log = log::make_log(settings.log_level).with({{"role", name}});
  auto backbone = open_patiently(settings, log, needs, stop);
  if (!backbone && stop.arrived()) return Exit::ok;
  if (!backbone) return report(backbone.error());
  const auto role = make(settings, log, *backbone);
  try {
    role->start();
  } catch (const std::exception& error) {
    return report({.code = Errc::unavailable, .detail = error.what()});
  }
  if (const auto* api = dynamic_cast<const ApiRole*>(role.get())) {
    announce(settings, api->port());
  }
  serve_until_stopped(stop, log);
  role->stop();
  return Exit::ok;
}

void add_role(CLI::App& app, Selection& selection, const char* name, const char* what, Needs needs,
              MakeRole make) {
  app.add_subcommand(name, what)->callback([&selection, name, needs, make] {
    selection.run = [name, needs, make](const config::Settings& settings) {
      return run_role(settings, name, needs, make);
    };
  });
}

}  // namespace

void add_api(CLI::App& app, Selection& selection) {
  add_role(app, selection, "api", "Serve the HTTP API of a fleet", Needs::store,
           [](const config::Settings& settings, const log::Log& log, Backbone& backbone) {
             return std::make_unique<ApiRole>(settings, log, backbone, Serves::everything);
           });
}

// Every API serves live connections too; where there are many, they are a notifier's.
void add_notifier(CLI::App& app, Selection& selection) {
  add_role(app, selection, "notifier", "Serve live connections of a fleet: /ws and /health",
           Needs::store,
           [](const config::Settings& settings, const log::Log& log, Backbone& backbone) {
             return std::make_unique<ApiRole>(settings, log, backbone, Serves::live);
           });
}

void add_worker(CLI::App& app, Selection& selection) {
  add_role(app, selection, "worker", "Claim and run jobs of a fleet", Needs::store_and_bus,
           [](const config::Settings& settings, const log::Log& log, Backbone& backbone) {
             return make_worker_role(settings, log, backbone);
           });
}

void add_control(CLI::App& app, Selection& selection) {
  add_role(app, selection, "control", "Relay, dispatch and rescue for a fleet", Needs::store,
           [](const config::Settings& settings, const log::Log& log, Backbone& backbone) {
             return make_control_role(settings, log, backbone, Election::held);
           });
}

void add_standalone(CLI::App& app, Selection& selection) {
  app.add_subcommand("standalone", "Everything in one process, without any server")
      ->callback([&selection] {
        selection.run = [](const config::Settings& settings) {
          StopSignal stop;
          const auto log = log::make_log(settings.log_level);
          auto standalone = Standalone::start(settings, log);
          if (!standalone) return report(standalone.error());
          announce(settings, (*standalone)->port());
          serve_until_stopped(stop, log);
          (*standalone)->stop();
          return Exit::ok;
        };
      });
}

}  // namespace trainyard
