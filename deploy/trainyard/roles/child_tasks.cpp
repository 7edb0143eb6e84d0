#include "deploy/trainyard/roles/child_tasks.hpp"

namespace trainyard {

std::vector<std::string> child_command(const config::Settings& settings) {
  return {"/proc/self/exe", "child", "--data-dir",
          std::filesystem::absolute(settings.data_dir).string()};
}

ChildTasks::ChildTasks(const log::Log& log, runtime::ChildPoolOptions options)
    : pool_(log, std::move(options),
            {.finished = [this](runtime::TaskId task, Result<std::string> answer) {
              finish(task, std::move(answer));
            }}) {}

Result<std::string> ChildTasks::run(std::string kind, std::string payload) {
  std::future<Result<std::string>> answer;
  {
    // Held over submit(): finish() must not look for the promise before it is there.
    const std::lock_guard lock(mutex_);
    const auto task = pool_.submit({.kind = std::move(kind), .payload = std::move(payload)});
    answer = waiting_[task].get_future();
  }
  return answer.get();
}

void ChildTasks::finish(runtime::TaskId task, Result<std::string> answer) {
  std::promise<Result<std::string>> promise;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.extract(task);
    promise = std::move(found.mapped());
  }
  promise.set_value(std::move(answer));
}

}  // namespace trainyard
