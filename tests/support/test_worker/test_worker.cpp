#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "worker/executors/local_executor.hpp"
#include "worker/runner/job_runner.hpp"

#include <cstdio>
#include <signal.h>

// A worker process for tests that stop and kill one: `trainyard_test_worker DATABASE LEASE_MS`. It
// hears no messages and claims by looking into the store. SIGTERM drains it.

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  using namespace trainyard;
  const auto database = sqlite::open_database({.path = argv[1]});
  if (!database) {
    std::fprintf(stderr, "%s\n", describe(database.error()).c_str());
    return 1;
  }
  const auto store = sqlite::make_job_store(*database);
  const auto line = sqlite::make_dispatch_store(*database);
  embedded_bus::EmbeddedBus bus({});
  executors::LocalExecutor executor({}, {.pool = {.children = 1, .command = {TRAINYARD_TEST_CHILD}},
                                         .drills = domain::Drills::allowed});
  const auto job_log = sqlite::make_job_log(*database);
  runner::JobRunner runner({}, {*store, *line, *job_log}, bus, executor,
                           {.worker_id = runner::make_worker_id(),
                            .lease = milliseconds(std::atoi(argv[2])),
                            .drain = milliseconds(0),
                            .unclaimed_age = milliseconds(0),
                            .direct_claim_interval = milliseconds(20)});
  runner.start();
  int signal = 0;
  ::sigwait(&signals, &signal);
  runner.stop();
  return 0;
}
