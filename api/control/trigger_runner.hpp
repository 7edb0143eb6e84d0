#pragma once

#include "api/control/ticker.hpp"
#include "api/control/trigger_watch.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/runtime/outage.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace trainyard::control {

struct TriggerRunnerOptions {
  // Whether the server may read a table there.
  std::function<Result<void>(const std::string& table)> check_table;
  std::function<Result<std::shared_ptr<const domain::Zone>>(std::string_view)> find_zone;
  std::function<std::unique_ptr<ports::TableLog>(const std::string& table)> open_log;
  milliseconds look{250};       // between looks at a table that is quiet
  milliseconds reload{10'000};  // between looks for triggers that are new or were changed
  milliseconds stuck{2'000};    // before what could not be read or told is tried again
  runtime::Backoff backoff;
};

// Watches the tables of all triggers and publishes RetrainRequested. What a trigger has seen and
// decided is stored before anything follows from it, and stays until the bus has the event, whose
// id names the versions: so a crash at any point misses no version, and an event that is told again
// is known as the same; so is that of a second runner, whose writes are refused because the
// revision moved on. The bus outlives it; reports that come after stop() are ignored.
class TriggerRunner final : public runtime::Lifecycle {
 public:
  TriggerRunner(log::Log log, ports::DefinitionStore& store, ports::EventBus& bus,
                const Clock& clock, TriggerRunnerOptions options);

  void start() override { ticker_.start(); }
  void stop() override { ticker_.stop(); }

 private:
  struct Watched {
    std::int64_t revision = 0;
    std::optional<TriggerWatch> watch;  // none: disabled, or cannot be read
    std::chrono::steady_clock::time_point look_at;
    std::string on_its_way;  // id of the event that the bus has not reported on yet
  };
  struct Report {
    std::string name;
    std::string event_id;
    Result<void> fate;
  };
  // What the bus said since the last round.
  struct Reports {
    std::mutex mutex;
    std::vector<Report> waiting;
  };

  milliseconds round();
  Result<void> reload();
  Watched watched(const ports::Definition& definition);
  Result<void> look(const std::string& name, Watched& watched);
  void publish(const std::string& name, Watched& watched);
  Result<void> take(const Report& report);
  // False: somebody else was faster, and what is known here is old.
  Result<bool> store(const std::string& name, Watched& watched);

  log::Log log_;
  ports::DefinitionStore& store_;
  ports::EventBus& bus_;
  const Clock& clock_;
  TriggerRunnerOptions options_;
  runtime::Outage outage_;
  std::map<std::string, Watched> watched_;
  std::shared_ptr<Reports> reports_ = std::make_shared<Reports>();
  std::chrono::steady_clock::time_point reload_at_;
  Ticker ticker_;  // last: its thread uses the rest
};

}  // namespace trainyard::control
