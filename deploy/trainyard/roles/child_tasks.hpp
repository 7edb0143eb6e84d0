#pragma once

#include "common/config/settings.hpp"
#include "common/log/log.hpp"
#include "common/runtime/child_pool.hpp"

#include <future>
#include <map>
#include <mutex>
#include <string>

namespace trainyard {

// How a role starts its children: this executable again, with what its settings say about tasks.
std::vector<std::string> child_command(const config::Settings& settings);
// What a child needs of the settings that the environment may not say, because they came from a
// file or a flag. Secrets go this way too: a command line is for all to see.
std::vector<std::string> child_environment(const config::Settings& settings);
runtime::ChildPoolOptions one_child(const config::Settings& settings);

// Runs one task in a child process and waits for the answer: reading foreign data is never done in
// the serving process. Thread-safe.
class ChildTasks {
 public:
  ChildTasks(const log::Log& log, runtime::ChildPoolOptions options);

  Result<std::string> run(std::string kind, std::string payload);

 private:
  void finish(runtime::TaskId task, Result<std::string> answer);

  std::mutex mutex_;
  std::map<runtime::TaskId, std::promise<Result<std::string>>> waiting_;
  runtime::ChildPool pool_;  // last: its thread uses the rest
};

}  // namespace trainyard
