#include "deploy/trainyard/roles/child_tasks.hpp"

namespace trainyard {

std::vector<std::string> child_command(const config::Settings& settings) {
  return {"/proc/self/exe", "child", "--data-dir",
          std::filesystem::absolute(settings.data_dir).string()};
}

std::vector<std::string> child_environment(const config::Settings& settings) {
  const auto& s3 = settings.s3;
  return {"TRAINYARD_ARTIFACT_URI=" + (s3.artifacts ? s3.artifacts->uri() : ""),
          "TRAINYARD_JOB_CHECKPOINT_INTERVAL_SECONDS=" +
              std::to_string(settings.checkpoint_interval.count()),
          "TRAINYARD_DATA_CACHE_BYTES_MAX=" + std::to_string(s3.cache_bytes_max),
          "TRAINYARD_S3_ENDPOINT=" + s3.endpoint,
          "TRAINYARD_S3_REGION=" + s3.region,
          "TRAINYARD_S3_ACCESS_KEY_ID=" + s3.access_key_id,
          "TRAINYARD_S3_SECRET_ACCESS_KEY=" + s3.secret_access_key.reveal(),
          "TRAINYARD_S3_SESSION_TOKEN=" + s3.session_token.reveal(),
          "TRAINYARD_S3_CA_FILE=" + s3.ca_file};
}

runtime::ChildPoolOptions one_child(const config::Settings& settings) {
  return {.children = 1,
          .command = child_command(settings),
          .environment = child_environment(settings)};
}

ChildTasks::ChildTasks(const log::Log& log, runtime::ChildPoolOptions options)
    : pool_(log, std::move(options),
            {.log =
                 [log](runtime::TaskId, const runtime::TaskLine& line) {
                   log.info("a data task says", {{"line", line.text}});
                 },
             .finished = [this](runtime::TaskId task,
                                Result<std::string> answer) { finish(task, std::move(answer)); }}) {
}

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
