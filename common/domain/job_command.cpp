#include "common/domain/job_command.hpp"

#include "common/domain/admission.hpp"
#include "common/domain/run_id.hpp"
#include "common/domain/transition_table.hpp"

#include <fmt/format.h>

#include <limits>

namespace trainyard::domain {
namespace {

constexpr std::string_view waiting_step = "Waiting in line";

std::unexpected<Error> lost(std::string why) {
  return fail(Errc::lease_lost, std::move(why));
}

// Collects what one command does to one job; every method keeps the invariants of Job.
class Change {
 public:
  Change(const Job& job, TimePoint now) : change_{.job = job}, now_(now) {
    ++change_.job.version;
    change_.job.updated_at = now;
  }

  Job& job() { return change_.job; }

  Result<void> move(JobEvent event, std::string step, std::string detail = {},
                    std::optional<Category> category = std::nullopt) {
    const JobStatus from = job().status;
    TRY(const JobStatus to, next_status(from, event));
    job().status = to;
    job().current_step = std::move(step);
    change_.history.push_back({.job_id = job().id,
                               .version = job().version,
                               .event = event,
                               .from = from,
                               .to = to,
                               .at = now_,
                               .attempt = job().attempt,
                               .fence = job().fence,
                               .worker_id = job().lease ? job().lease->worker_id : std::string(),
                               .detail = std::move(detail),
                               .category = category});
    if (to != JobStatus::running && to != JobStatus::cancelling) job().lease.reset();
    if (to != JobStatus::submitting) job().admitted_at.reset();
    if (is_terminal(to)) job().completed_at = now_;
    return {};
  }

  // Puts the job in line, not to be announced before `due`.
  void line_up(TimePoint due) {
    job().next_attempt_at = due;
    job().admitted_at.reset();
  }

  // Makes the job claimable under a new dispatch number.
  void admit() {
    ++job().dispatch_no;
    job().admitted_at = now_;
    job().next_attempt_at.reset();
    change_.announce = true;
  }

  void set_results(std::string results) { change_.results = std::move(results); }

  JobChange take() && { return std::move(change_); }

 private:
  JobChange change_;
  TimePoint now_;
};

JobChange already_done(const Job& job) {
  return {.job = job, .unchanged = true};
}

Result<JobChange> submit(Change change, Entry entry, std::string detail, TimePoint now) {
  auto& next = change.job();
  const auto due = std::max(now, next.options.run_at.value_or(now));
  const bool announce = entry == Entry::announced && due == now;
  TRY_DO(change.move(JobEvent::submitted, std::string(announce ? announced_step : waiting_step),
                     std::move(detail)));
  next.submitted_at = now;
  next.completed_at.reset();
  next.error.clear();
  next.error_category.reset();
  next.progress = 0;
  next.rank = rank_of(due, next.priority);
  if (announce) {
    change.admit();
  } else {
    change.line_up(due);
  }
  return std::move(change).take();
}

Result<JobChange> on(const Job& job, const Submit& command, TimePoint now) {
  return submit(Change(job, now), command.entry, {}, now);
}

Result<JobChange> on(const Job& job, const Redrive& command, TimePoint now) {
  if (job.status != JobStatus::failed) {
    return fail(Error{.code = Errc::illegal_transition,
                      .detail = fmt::format("only a failed job is redriven; this one is {}",
                                            to_string(job.status)),
                      .field = "status"});
  }
  if (command.edited && job.version != command.version) {
    return fail(Errc::conflict, "the job changed after the edit was made");
  }
  Change change(job, now);
  auto& next = change.job();
  next.interruptions = 0;
  if (command.edited) {
    next.config = command.edited->config;
    next.cluster_config = command.edited->cluster_config;
    next.segment_id = command.edited->segment_id;
    next.model = command.edited->model;
    next.priority = command.edited->priority;
  }
  return submit(std::move(change), command.entry, command.detail, now);
}

Result<JobChange> on(const Job& job, const Admit& command, TimePoint now) {
  if (job.status != JobStatus::submitting || job.dispatch_no != command.dispatch_no ||
      job.admitted_at) {
    return lost("the job is no longer waiting to be admitted");
  }
  if (job.next_attempt_at && *job.next_attempt_at > now) {
    return lost("the job's next attempt is not due yet");
  }
  Change change(job, now);
  change.job().current_step = announced_step;
  change.admit();
  return std::move(change).take();
}

Result<JobChange> on(const Job& job, const Withdraw& command, TimePoint now) {
  if (job.status != JobStatus::submitting || job.dispatch_no != command.dispatch_no ||
      !job.admitted_at) {
    return lost("the job is not announced under this dispatch number");
  }
  Change change(job, now);
  change.job().current_step = waiting_step;
  change.line_up(now);
  return std::move(change).take();
}

Result<JobChange> on(const Job& job, const Claim& command, TimePoint now) {
  if (job.lease && job.lease->token == command.token) return already_done(job);
  if (job.status != JobStatus::submitting || job.dispatch_no != command.dispatch_no ||
      !job.admitted_at) {
    return lost("the job is not waiting under this dispatch number");
  }
  Change change(job, now);
  auto& next = change.job();
  ++next.fence;
  ++next.attempt;
  const auto length = job.options.lease.count() > 0 ? job.options.lease : command.lease;
  next.lease = Lease{.worker_id = command.worker_id, .token = command.token, .until = now + length};
  if (!next.started_at) next.started_at = now;
  if (next.run_id.empty()) next.run_id = local_run_id(next.id);
  next.progress = 5;
  TRY_DO(change.move(JobEvent::started, "Loading training data"));
  return std::move(change).take();
}

Result<JobChange> end_with(const Job& job, const Succeeded& success, TimePoint now) {
  Change change(job, now);
  // A cancel that came too late to stop the work still wins: the user asked for no result.
  if (job.status == JobStatus::cancelling) {
    TRY_DO(change.move(JobEvent::cancelled, "Cancelled by user"));
    return std::move(change).take();
  }
  TRY_DO(change.move(JobEvent::completed, "Training completed"));
  auto& next = change.job();
  next.progress = 100;
  next.metrics = success.metrics;
  next.artifact_uri = success.artifact_uri;
  next.mlflow_run_id = success.mlflow_run_id;
  next.error.clear();
  next.error_category.reset();
  change.set_results(success.results);
  return std::move(change).take();
}

Result<JobChange> end_with(const Job& job, const Failed& failure, TimePoint now) {
  Change change(job, now);
  auto& next = change.job();
  const auto category = category_of(failure.error);
  const auto reason = describe(failure.error);
  if (job.status == JobStatus::cancelling) {
    TRY_DO(change.move(JobEvent::cancelled, "Cancelled by user", reason, category));
    return std::move(change).take();
  }
  next.error = reason;
  next.error_category = category;
  const auto delay =
      retry_delay(failure.policy, category, job.retry_count, failure.random, failure.retry_after);
  if (!delay) {
    TRY_DO(change.move(JobEvent::failed, "Training failed", reason, category));
    return std::move(change).take();
  }
  ++next.retry_count;
  next.next_attempt_at = now + *delay;
  TRY_DO(change.move(
      JobEvent::retrying,
      fmt::format("Retry {}/{} in {:.1f} s", next.retry_count, failure.policy.retries_max,
                  std::chrono::duration<double>(*delay).count()),
      reason, category));
  return std::move(change).take();
}

Result<JobChange> end_with(const Job& job, const Stopped&, TimePoint now) {
  Change change(job, now);
  TRY_DO(change.move(JobEvent::cancelled, "Cancelled by user"));
  return std::move(change).take();
}

Result<JobChange> interrupt(const Job& job, std::string reason, const RetryPolicy& policy,
                            TimePoint now) {
  Change change(job, now);
  auto& next = change.job();
  if (job.status == JobStatus::cancelling) {
    TRY_DO(change.move(JobEvent::cancelled, "Cancelled by user", std::move(reason)));
    return std::move(change).take();
  }
  ++next.interruptions;
  if (next.interruptions >= policy.interruptions_max) {
    next.error = fmt::format("interrupted {} times, last: {}", next.interruptions, reason);
    next.error_category = Category::cluster;
    TRY_DO(change.move(JobEvent::failed, "Training failed", next.error, next.error_category));
    return std::move(change).take();
  }
  TRY_DO(change.move(JobEvent::requeued, "Waiting for another worker", std::move(reason)));
  change.line_up(now);
  return std::move(change).take();
}

Result<JobChange> end_with(const Job& job, const HandedBack&, TimePoint now) {
  // A drain says nothing about the job, however often it happens.
  RetryPolicy never_fails;
  never_fails.interruptions_max = std::numeric_limits<int>::max();
  return interrupt(job, "handed back by a draining worker", never_fails, now);
}

Result<JobChange> on(const Job& job, const Finish& command, TimePoint now) {
  if (job.fence != command.fence || !job.lease) {
    return lost("the job's lease belongs to another attempt by now");
  }
  return std::visit([&](const auto& outcome) { return end_with(job, outcome, now); },
                    command.outcome);
}

Result<JobChange> on(const Job& job, const Cancel&, TimePoint now) {
  if (job.status == JobStatus::cancelling || job.status == JobStatus::cancelled) {
    return already_done(job);
  }
  Change change(job, now);
  if (job.status == JobStatus::running) {
    TRY_DO(change.move(JobEvent::cancelling, "Cancelling"));
  } else {
    const bool waiting = job.status == JobStatus::submitting;
    TRY_DO(change.move(JobEvent::cancelled,
                       waiting ? "Cancelled while waiting" : "Cancelled before submission"));
  }
  change.job().next_attempt_at.reset();
  return std::move(change).take();
}

Result<JobChange> on(const Job& job, const Rescue& command, TimePoint now) {
  if (!job.lease || job.fence != command.fence || job.lease->renewals != command.renewals) {
    return lost("the lease was renewed or handed on since it was seen");
  }
  if (job.lease->until > now) return lost("the lease is not over");
  return interrupt(job, fmt::format("worker {} stopped renewing its lease", job.lease->worker_id),
                   command.policy, now);
}

}  // namespace

JobId job_of(const JobCommand& command) {
  return std::visit([](const auto& known) { return known.job_id; }, command);
}

JobSpec spec_of(const Job& job) {
  return {.config = job.config,
          .cluster_config = job.cluster_config,
          .segment_id = job.segment_id,
          .model = job.model,
          .priority = job.priority};
}

bool has_same_spec(const Job& one, const Job& other) {
  return one.config == other.config && one.cluster_config == other.cluster_config &&
         one.segment_id == other.segment_id && one.model == other.model &&
         one.priority == other.priority;
}

JobChange create(const NewJob& request, TimePoint now) {
  JobChange change;
  auto& job = change.job;
  job.id = request.id;
  job.batch_id = request.batch_id;
  job.user_id = request.user_id;
  job.config = request.config;
  job.cluster_config = request.cluster_config;
  job.segment_id = request.segment_id;
  job.model = request.model;
  job.correlation_id = request.correlation_id;
  job.priority = request.priority;
  job.options = request.options;
  if (request.unique) job.unique_key = request.unique->key;
  job.current_step = "Job created, ready to submit";
  job.created_at = now;
  job.updated_at = now;
  job.version = 1;
  change.history.push_back(
      {.job_id = job.id, .version = 1, .event = JobEvent::created, .to = job.status, .at = now});
  if (!request.submit) return change;

  auto submitted = decide(job, Submit{.job_id = job.id, .entry = request.entry}, now);
  submitted->history.insert(submitted->history.begin(), std::move(change.history.front()));
  return *std::move(submitted);
}

Result<JobChange> decide(const Job& job, const JobCommand& command, TimePoint now) {
  return std::visit([&](const auto& known) { return on(job, known, now); }, command);
}

}  // namespace trainyard::domain
