#pragma once

#include "common/domain/log_line.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/job_log.hpp"
#include "common/runtime/outage.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace trainyard::runner {

// Passes on what jobs write, at most four times a second and all jobs together: to the store and,
// as far as it fits into one event per job, to the bus. While the store is away it keeps what its
// bounds allow and counts the rest, of which a line tells later. It never holds a job up, and what
// it has not passed on is lost with the process.
class LogReporter {
 public:
  LogReporter(log::Log log, ports::JobLog& store, ports::EventBus& bus, std::string source);

  void report(std::vector<domain::LogLine> lines);  // thread-safe, never blocks for long
  // Until a stop is asked for and what was reported before it is passed on, if it can be.
  void run(std::stop_token stop);

 private:
  struct Lost {
    domain::LogLine first;
    std::size_t lines = 0;
  };

  std::vector<domain::LogLine> take();
  bool store_lines(const std::vector<domain::LogLine>& lines);
  void put_back(std::vector<domain::LogLine> lines);
  void publish(const std::vector<domain::LogLine>& lines);
  void keep(domain::LogLine line);

  log::Log log_;
  ports::JobLog& store_;
  ports::EventBus& bus_;
  const std::string source_;
  runtime::Outage outage_;
  std::mutex mutex_;
  std::condition_variable_any some_;
  std::vector<domain::LogLine> waiting_;
  std::size_t bytes_ = 0;
  std::unordered_map<JobId, Lost> lost_;
};

}  // namespace trainyard::runner
