#include "worker/executors/local_executor.hpp"

#include "common/wire/training_task.hpp"
#include "worker/executors/clean_line.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::executors {
namespace {

// A started job stands at 5 percent while its data is loaded, and at 100 only when it is over.
int percent_of(double fraction) {
  return std::clamp(static_cast<int>(std::floor(fraction * 100)), 5, 99);
}

}  // namespace

LocalExecutor::LocalExecutor(log::Log log, LocalExecutorOptions options)
    : log_(std::move(log)),
      options_(std::move(options)),
      random_(std::random_device{}()),
      pool_(log_, options_.pool, pool_events()) {}

runtime::TaskEvents LocalExecutor::pool_events() {
  return {.started = [this](auto task) { on_started(task); },
          .progress = [this](auto task, auto progress) { on_progress(task, std::move(progress)); },
          .log = [this](auto task, const auto& line) { on_log(task, line); },
          .finished = [this](auto task, auto answer) { on_finished(task, std::move(answer)); }};
}

void LocalExecutor::start(const domain::Job& job, std::chrono::nanoseconds lease_until_boottime) {
  const auto timeout = job.options.timeout.count() > 0 ? job.options.timeout : options_.job_timeout;
  const std::lock_guard lock(mutex_);
  runtime::TaskRequest request{
      .kind = "train", .timeout = timeout, .lease_until = lease_until_boottime};
  if (options_.drills == domain::Drills::allowed) request.payload = wire::drill_of(job.config);
  if (request.payload.empty()) {
    // Children that have nothing to do lend it their cores.
    const int jobs = static_cast<int>(works_.size()) + 1;
    request.payload = to_json(wire::TrainingRequest{.job_id = job.id,
                                                    .batch_id = job.batch_id,
                                                    .fence = job.fence,
                                                    .threads = std::max(1, slots() / jobs),
                                                    .config = job.config});
  } else {
    request.kind = "drill";
  }
  // The pool's thread may speak of the task before submit() returns its id: it waits for the lock.
  const auto task = pool_.submit(std::move(request));
  works_.emplace(task, Work{.job = job.id, .fence = job.fence, .attempt = job.attempt});
  tasks_.insert_or_assign(job.id, task);
}

void LocalExecutor::cancel(JobId job) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(job);
  if (found == tasks_.end()) return;
  works_[found->second].cancel_asked = true;
  pool_.cancel(found->second);
}

void LocalExecutor::interrupt(JobId job) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(job);
  if (found != tasks_.end()) pool_.cancel(found->second);
}

void LocalExecutor::abandon(JobId job) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(job);
  if (found == tasks_.end()) return;
  pool_.kill(found->second);
  works_.erase(found->second);
  tasks_.erase(found);
}

std::vector<JobId> LocalExecutor::release_waiting() {
  std::vector<JobId> released;
  const std::lock_guard lock(mutex_);
  std::erase_if(works_, [&](const auto& entry) {
    const auto& [task, work] = entry;
    if (work.begun) return false;
    pool_.kill(task);
    tasks_.erase(work.job);
    released.push_back(work.job);
    return true;
  });
  return released;
}

void LocalExecutor::lease_extended(JobId job, std::chrono::nanoseconds boottime) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(job);
  if (found != tasks_.end()) pool_.extend_lease(found->second, boottime);
}

void LocalExecutor::on_started(runtime::TaskId task) {
  const std::lock_guard lock(mutex_);
  const auto found = works_.find(task);
  if (found != works_.end()) found->second.begun = true;
}

void LocalExecutor::on_progress(runtime::TaskId task, runtime::TaskProgress progress) {
  JobId job;
  std::int64_t fence = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = works_.find(task);
    if (found == works_.end()) return;
    job = found->second.job;
    fence = found->second.fence;
  }
  events_.progress(job, fence, percent_of(progress.fraction), std::move(progress.step),
                   std::move(progress.metrics));
}

void LocalExecutor::on_log(runtime::TaskId task, const runtime::TaskLine& line) {
  std::vector<domain::LogLine> kept;
  {
    const std::lock_guard lock(mutex_);
    const auto found = works_.find(task);
    if (found == works_.end()) return;
    auto& work = found->second;
    if (!work.lines) work.lines = std::make_unique<LineBudget>(work.job, work.attempt);
    kept =
        work.lines->add(system_clock().now(), line.level, clean_line(line.text, options_.secrets));
  }
  if (!kept.empty()) events_.wrote(std::move(kept));
}

void LocalExecutor::on_finished(runtime::TaskId task, Result<std::string> answer) {
  std::optional<domain::Finish> finish;
  std::vector<domain::LogLine> last_lines;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = works_.find(task); found != works_.end()) {
      if (found->second.lines) last_lines = found->second.lines->finish();
      finish = finish_of(found->second, std::move(answer));
      tasks_.erase(found->second.job);
      works_.erase(found);
    }
  }
  if (!last_lines.empty()) events_.wrote(std::move(last_lines));
  if (finish) events_.finished(std::move(*finish));
  events_.capacity_freed();
}

domain::Finish LocalExecutor::finish_of(const Work& work, Result<std::string> answer) {
  domain::Finish finish{.job_id = work.job, .fence = work.fence, .outcome = domain::HandedBack{}};
  const auto parsed = answer ? wire::parse_training_answer(*answer)
                             : Result<wire::TrainingAnswer>(fail(std::move(answer).error()));
  if (parsed) {
    finish.outcome = domain::Succeeded{.results = parsed->results,
                                       .metrics = parsed->metrics,
                                       .artifact_uri = parsed->artifact_uri};
  } else if (parsed.error().code == Errc::cancelled && work.cancel_asked) {
    finish.outcome = domain::Stopped{};
  } else if (parsed.error().code != Errc::cancelled && parsed.error().code != Errc::lease_lost) {
    finish.outcome = domain::Failed{.error = parsed.error(),
                                    .policy = options_.retry_policy,
                                    .random = std::uniform_real_distribution(0.0, 1.0)(random_)};
  }
  return finish;
}

}  // namespace trainyard::executors
