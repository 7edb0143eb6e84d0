#include "api/service/explain_job.hpp"

#include "api/service/own_job.hpp"
#include "common/wire/json_writer.hpp"
#include "common/wire/limit_json.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

using domain::HeldBy;
using domain::JobStatus;
using wire::JsonWriter;

constexpr int counted_most = 10'000;

std::string counted(int count) {
  return count >= counted_most ? fmt::format("{} or more", counted_most) : std::to_string(count);
}

void say(JsonWriter& out, std::string_view reason, const std::string& explanation) {
  out.field("reason", reason).field("explanation", explanation);
}

void explain_delay(JsonWriter& out, const domain::Job& job) {
  const auto until = to_iso8601(*job.next_attempt_at);
  if (job.error.empty()) {
    say(out, "delayed", fmt::format("it is not to begin before {}", until));
  } else {
    say(out, "retry",
        fmt::format("attempt {} failed ({}); the next one begins at {}", job.attempt, job.error,
                    until));
  }
  out.field("until", job.next_attempt_at);
}

void explain_hold(JsonWriter& out, const domain::Hold& hold) {
  const auto limit = fmt::format("{} '{}'", to_string(hold.scope), hold.name);
  if (hold.by == HeldBy::pause) {
    const bool ends = *hold.until != domain::Limit::until_resumed;
    say(out, "paused",
        fmt::format("{} is paused {}{}{}", limit,
                    ends ? "until " + to_iso8601(*hold.until) : "until it is resumed",
                    hold.reason.empty() ? "" : ": ", hold.reason));
    wire::write_pause_end(out, "until", hold.until);
  } else if (hold.by == HeldBy::concurrency) {
    say(out, "concurrency",
        fmt::format("{} jobs of {} are announced or running, and {} may be", hold.in_flight, limit,
                    hold.allowed));
    out.field("in_flight", hold.in_flight).field("allowed", hold.allowed);
  } else {
    say(out, "rate", fmt::format("{} has used up its rate for the moment", limit));
    out.field("until", hold.until);
  }
  out.key("limit")
      .begin_object()
      .field("scope", to_string(hold.scope))
      .field("name", hold.name)
      .end_object();
}

void explain_line(JsonWriter& out, const ports::Place& place, const ports::Capacity& capacity) {
  if (capacity.workers == 0) {
    say(out, "no_worker", "no worker is connected; start one with `trainyard worker`");
  } else if (place.ahead_of_user == 0 && place.users_in_line <= 1) {
    say(out, capacity.room() > 0 ? "in_line" : "no_room",
        capacity.room() > 0
            ? "it is next and is going to be announced in a moment"
            : fmt::format("it is next; all {} slots of the workers are taken", capacity.slots));
  } else {
    say(out, "in_line",
        fmt::format("{} of its user's jobs are before it, and {} users take turns",
                    counted(place.ahead_of_user), counted(place.users_in_line)));
  }
}

Result<void> explain_waiting(JsonWriter& out, ports::DispatchStore& line, const domain::Job& job) {
  TRY(const auto capacity, line.capacity());
  if (*job.next_attempt_at > capacity.now) {
    explain_delay(out, job);
    return {};
  }
  TRY(const auto limits, line.limits());
  TRY(const auto buckets, line.buckets());
  TRY(const auto in_line, line.line(1));
  TRY(const auto place, line.place(job, counted_most));
  const auto hold = domain::hold_on(domain::lane_of(job.user_id, job.options), limits,
                                    domain::InFlight(in_line.busy), buckets, capacity.now);
  if (hold.by == HeldBy::nothing) {
    explain_line(out, place, capacity);
  } else {
    explain_hold(out, hold);
  }
  out.key("line")
      .begin_object()
      .field("ahead_in_lane", place.ahead_in_lane)
      .field("ahead_of_user", place.ahead_of_user)
      .field("users_in_line", place.users_in_line)
      .end_object();
  out.key("capacity")
      .begin_object()
      .field("workers", capacity.workers)
      .field("slots", capacity.slots)
      .field("running", capacity.running)
      .field("announced", capacity.announced)
      .end_object();
  return {};
}

Result<void> explain(JsonWriter& out, ports::DispatchStore& line, const domain::Job& job) {
  switch (job.status) {
    case JobStatus::pending:
      say(out, "not_submitted", "it was created and never submitted");
      return {};
    case JobStatus::submitting:
      if (!job.admitted_at) return explain_waiting(out, line, job);
      say(out, "announced",
          fmt::format("it was announced at {} and waits for a worker to claim it",
                      to_iso8601(*job.admitted_at)));
      return {};
    case JobStatus::running:
      say(out, "running",
          fmt::format("worker {} is at it: {}", job.lease->worker_id, job.current_step));
      out.field("lease_until", job.lease->until);
      return {};
    case JobStatus::cancelling:
      say(out, "cancelling",
          fmt::format("worker {} was told to stop and has not confirmed it; at the latest it is "
                      "over when the lease runs out",
                      job.lease->worker_id));
      out.field("lease_until", job.lease->until);
      return {};
    case JobStatus::completed:
    case JobStatus::cancelled:
      say(out, to_string(job.status), job.current_step);
      return {};
    case JobStatus::failed:
      say(out, "failed", job.error);
      return {};
  }
  return {};
}

}  // namespace

Result<std::string> explain_job_json(ports::JobStore& store, ports::DispatchStore& line,
                                     const Caller& caller, JobId id) {
  TRY(const auto job, own_job(store, caller, id));
  JsonWriter out;
  out.begin_object()
      .field("job_id", job.id.to_string())
      .field("status", to_string(job.status))
      .field("attempt", job.attempt)
      .field("retry_count", job.retry_count)
      .field("interruptions", job.interruptions);
  TRY_DO(explain(out, line, job));
  out.end_object();
  return out.take();
}

}  // namespace trainyard::service
