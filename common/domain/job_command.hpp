#pragma once

#include "common/domain/job.hpp"
#include "common/domain/retry_policy.hpp"
#include "common/domain/unique.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Everything that can happen to an accepted job, as values, and decide(): what each does to the
// record. Pure: no clock, no I/O, no randomness but what the command brings. A store applies a
// decision atomically and only if the record's version is still the one it was decided on.

namespace trainyard::domain {

// How a submitted job starts to wait: in line, until the dispatcher says that it is its turn, or
// announced at once because nothing competes.
enum class Entry { in_line, announced };

// A job as the service accepts it.
struct NewJob {
  JobId id;
  std::optional<BatchId> batch_id;
  std::string user_id;
  std::string config;
  std::string cluster_config = "{}";
  std::string segment_id;
  std::string model;
  std::string correlation_id;
  int priority = 0;
  JobOptions options = {};
  std::optional<Uniqueness> unique = std::nullopt;
  bool submit = false;  // create and submit in one step
  Entry entry = Entry::in_line;
};

// The user starts it: pending, or failed (a retry, which keeps the retry count).
struct Submit {
  JobId job_id;
  Entry entry = Entry::in_line;
};

// What a job is to compute, where that may change after it was made.
struct JobSpec {
  std::string config;
  std::string cluster_config;
  std::string segment_id;
  std::string model;
  int priority = 0;
};

// A failed job gets another go; as after a Submit, the retries it spent stay spent. An edit was
// made of the record at `version` and is refused with conflict when that has moved on.
struct Redrive {
  JobId job_id;
  std::int64_t version;
  std::optional<JobSpec> edited;
  std::string detail;  // who did it and what was edited, for the history
  Entry entry = Entry::in_line;
};

inline constexpr std::string_view announced_step = "Waiting for a worker";

// Announces a job that waits in line and whose turn has come. `dispatch_no` is the one that was
// seen.
struct Admit {
  JobId job_id;
  std::int64_t dispatch_no;
};

// Takes an announcement back: the job waits in line again, at its old place.
struct Withdraw {
  JobId job_id;
  std::int64_t dispatch_no;
};

// A worker takes it. Refused with lease_lost unless the job waits under this dispatch_no.
// Repeating a claim with the same token finds it done.
struct Claim {
  JobId job_id;
  std::int64_t dispatch_no;
  std::string worker_id;
  ClaimToken token;
  milliseconds lease;  // unless the job has one of its own
};

struct Succeeded {
  std::string results;  // JSON, in the format of the results endpoint
  std::string metrics;  // JSON: {model: {mape, …}}
  std::string artifact_uri;
  std::string mlflow_run_id;
};

struct Failed {
  Error error;
  RetryPolicy policy;
  double random = 0.5;  // jitter, uniform in [0, 1)
  std::optional<milliseconds> retry_after = std::nullopt;
};

struct Stopped {};     // the work is known to have stopped after a cancel
struct HandedBack {};  // a draining worker gives it back: an interruption, no attempt burnt

// The lease holder reports how its work ended. Refused with lease_lost under another fence.
struct Finish {
  JobId job_id;
  std::int64_t fence;
  std::variant<Succeeded, Failed, Stopped, HandedBack> outcome;
};

// The user wants it stopped: waiting jobs end at once, running ones become cancelling.
// Repeating it changes nothing; a completed or failed job refuses.
struct Cancel {
  JobId job_id;
};

// Takes a job back from a worker whose lease ran out. Conditional on the fence and renewal count
// that the reaper saw and on the lease being over; after policy.interruptions_max it fails.
struct Rescue {
  JobId job_id;
  std::int64_t fence;
  std::int64_t renewals;
  RetryPolicy policy;
};

using JobCommand = std::variant<Submit, Redrive, Admit, Withdraw, Claim, Finish, Cancel, Rescue>;

JobId job_of(const JobCommand& command);
JobSpec spec_of(const Job& job);
bool has_same_spec(const Job& one, const Job& other);

// What a command does: the record afterwards, the history lines it adds (at most two), results to
// store, and whether TrainRequested is to be announced for job.dispatch_no.
struct JobChange {
  Job job;
  std::vector<HistoryEntry> history;
  std::optional<std::string> results;
  bool announce = false;
  bool unchanged = false;  // the command's effect is already there: nothing to write
};

JobChange create(const NewJob& job, TimePoint now);

// Errors: illegal_transition (the state does not allow it), lease_lost (fence, dispatch number or
// renewal count moved on). `now` is the store's time.
Result<JobChange> decide(const Job& job, const JobCommand& command, TimePoint now);

}  // namespace trainyard::domain
