#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/domain/batch.hpp"
#include "common/domain/job_command.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Where jobs, batches, their history and the outbox live: the ground truth of the system.
//
// Everything is set-based, because throughput comes from sharing transactions. All methods block,
// are thread-safe, and answer with errors as values; every one may return Errc::unavailable (the
// database is away or too slow: nothing happened) and the writing ones Errc::in_doubt (the commit's
// outcome is unknown: repeat the same call with the same ids, tokens and fences, which is safe).
// Times are the store's own: leases compare with the database's clock.

namespace trainyard::ports {

// A terminal or other change that did not happen is a Result error in its own slot; one job's
// refusal never touches its neighbours in the set.
using Applied = std::vector<Result<domain::JobChange>>;

struct NewBatch {
  BatchId id;
  std::string user_id;
  std::string config;
  std::string correlation_id;
  std::string cause = {};   // as domain::Batch
  std::string origin = {};  // unless empty: two batches of one origin are the same batch
};

struct LeaseRef {
  JobId job_id;
  std::int64_t fence;
};

struct Renewal {
  JobId job_id;
  std::int64_t fence;
  bool cancel_requested;  // the job is cancelling: stop the work
};

struct LeaseSnapshot {
  JobId job_id;
  std::int64_t fence;
  std::int64_t renewals;
  std::string worker_id;
};

struct DispatchRef {
  JobId job_id;
  std::int64_t dispatch_no;
};

// A job that is over, and how often it was claimed: each claim may have left artefacts.
struct FinishedJob {
  JobId id;
  std::int64_t fence;
};

struct FinishedPage {
  std::vector<FinishedJob> jobs;
  std::optional<JobId> next;  // the walk goes on after it; none: the rest is too young
};

struct ProgressReport {
  JobId job_id;
  std::int64_t fence;
  int percent;  // 0..100
  std::string step;
  std::string metrics;  // JSON object or empty: keep what is there
};

// What the relay has to tell the bus about one commit: the transitions of a job, the announcement
// of its dispatch, or the end of a batch. It disappears with outbox_done().
struct OutboxEntry {
  std::int64_t id = 0;
  std::optional<domain::Job> job;             // as it is now, not as it was
  std::vector<domain::HistoryEntry> history;  // in version order
  std::optional<std::int64_t> dispatch_no;    // announce TrainRequested with this number
  std::optional<domain::Batch> batch;         // this batch has no open jobs left
};

// Outbox ids from `first` to `last`, both included.
struct OutboxRange {
  std::int64_t first;
  std::int64_t last;
};

// Newest first. All filters narrow; `before` continues a listing at the last id of a page.
struct JobFilter {
  std::optional<std::string> user_id;
  std::optional<domain::JobStatus> status;
  std::optional<Category> error_category;
  std::optional<BatchId> batch_id;
  std::optional<std::string> segment_id;
  std::optional<std::string> model;
  std::optional<TimePoint> created_after;
  std::optional<TimePoint> created_before;
  std::optional<std::string> text;  // part of the segment, model, step or error
  std::optional<JobId> before;
  int limit = 50;
  enum class Total { counted, counted_far_enough, unknown } total = Total::counted;
};

struct JobPage {
  std::vector<domain::Job> jobs;
  // That match the filter, `before` and `limit` left aside; 0 when they are not counted, and when
  // that is far enough as in counted.hpp.
  std::int64_t total = 0;
  bool has_more = false;
};

// Newest first; as JobFilter.
struct BatchFilter {
  std::optional<std::string> user_id;
  std::optional<domain::BatchStatus> status;
  std::optional<BatchId> before;
  int limit = 50;
};

struct CountedBatch {
  domain::Batch batch;  // without its config
  domain::BatchCounts counts;
};

struct BatchPage {
  std::vector<CountedBatch> batches;
  std::int64_t total = 0;  // that match, `before` and `limit` left aside; as in counted.hpp
  bool has_more = false;
};

// The jobs of a batch to be accepted, in the order of their ids and so many at a time that a large
// batch is never in memory as a whole. from(i) has at least the job number i; when asked again it
// has the same jobs.
struct BatchJobs {
  std::size_t count = 0;
  std::function<std::vector<domain::NewJob>(std::size_t first)> from;
};

class JobStore {
 public:
  virtual ~JobStore() = default;

  // --- accepting -------------------------------------------------------------------------------
  // One transaction for the set. A job whose id exists already is left as it is and answered with
  // its record (so repeating after in_doubt is safe). One that is to be unique and is not is
  // answered with the newest job that stands in its way, told by its id, and nothing is written;
  // that is decided in the transaction, whoever accepts at the same time. Order of answers = order
  // of jobs.
  virtual Applied accept(std::span<const domain::NewJob> jobs) = 0;
  // The batch and all its jobs, or nothing. One with this id or origin that exists already is left
  // as it is and answered, its id telling the two apart.
  virtual Result<domain::Batch> accept_batch(const NewBatch& batch, const BatchJobs& jobs) = 0;

  // --- changing --------------------------------------------------------------------------------
  // Each command decided by domain::decide on the current record and committed if the record's
  // version is unchanged, else decided again; history, results, outbox row and the batch's open
  // count in the same transaction. At most one command per job in a set.
  virtual Applied apply(std::span<const domain::JobCommand> commands) = 0;
  // What apply() makes of these commands, and no more than they say: the one change that a flood of
  // waiting jobs needs twice per job. How many were announced; the others moved on meanwhile.
  virtual Result<int> admit(std::span<const domain::Admit> jobs) = 0;
  // Extends leases that are still held under these fences. What is missing from the answer is lost.
  virtual Result<std::vector<Renewal>> renew(std::string_view worker_id,
                                             std::span<const LeaseRef> leases,
                                             milliseconds lease) = 0;
  // Progress of running jobs; reports under another fence are ignored. May be lost in a crash of
  // the database: beside outbox_done() it is the one thing that is not synced.
  virtual Result<void> record_progress(std::span<const ProgressReport> reports) = 0;
  // Only terminal and pending jobs may be deleted (else illegal_transition), with history.
  virtual Result<void> remove(JobId job) = 0;

  // --- forgetting ------------------------------------------------------------------------------
  // Walks `limit` jobs after `after`, oldest first, and answers which ended longer than `age` ago;
  // those of a batch when the whole batch did.
  virtual Result<FinishedPage> finished(milliseconds age, JobId after, int limit) = 0;
  // Deletes those of these jobs that still ended longer than `age` ago, with history and results,
  // and the batches that have no other jobs. How many jobs.
  virtual Result<int> forget(milliseconds age, std::span<const JobId> jobs) = 0;

  // --- reading ---------------------------------------------------------------------------------
  virtual Result<domain::Job> get(JobId job) = 0;  // not_found
  virtual Result<std::vector<domain::Job>> get_many(std::span<const JobId> jobs) = 0;
  virtual Result<JobPage> list(const JobFilter& filter) = 0;
  virtual Result<std::vector<domain::HistoryEntry>> history(JobId job) = 0;  // in version order
  virtual Result<std::string> results(JobId job) = 0;  // JSON; not_found when there are none
  virtual Result<domain::Batch> get_batch(BatchId batch) = 0;
  virtual Result<domain::BatchCounts> count_batch(BatchId batch) = 0;
  virtual Result<BatchPage> list_batches(const BatchFilter& filter) = 0;
  // Every job of the batch, oldest first, without its config.
  virtual Result<std::vector<domain::Job>> batch_jobs(BatchId batch) = 0;

  // --- keeping it going (control loops) ----------------------------------------------------------
  virtual Result<std::vector<LeaseSnapshot>> expired_leases(int limit) = 0;
  // When the earliest job in line that is not due yet will be; nullopt when there is none.
  virtual Result<std::optional<TimePoint>> next_due() = 0;
  // Admitted longer than `age` ago and still unclaimed, oldest first: for claiming directly.
  virtual Result<std::vector<DispatchRef>> unclaimed(milliseconds age, int limit) = 0;
  // Gives such jobs an outbox row again, same dispatch number, unless one waits already.
  virtual Result<int> announce_again(milliseconds age, int limit) = 0;

  // --- outbox ----------------------------------------------------------------------------------
  // The rows that exist, oldest first: no cursor, ids are taken before their commit. Rows in `skip`
  // (few ranges, in order: what the relay has in flight) are left out.
  virtual Result<std::vector<OutboxEntry>> outbox(int limit,
                                                  std::span<const OutboxRange> skip = {}) = 0;
  virtual Result<void> outbox_done(std::span<const std::int64_t> ids) = 0;
  // Waits until a row may have been committed (by anyone) since the last call returned, or the
  // timeout. May wake for nothing. One waiter at a time.
  virtual Result<void> await_outbox(milliseconds timeout) = 0;
  virtual void wake() = 0;  // ends a current or the next await_outbox

  // --- leadership ------------------------------------------------------------------------------
  // True while `instance` leads `role`: takes or renews a lease of `ttl`. Two leaders for a moment
  // are harmless by design; the lease only saves work.
  virtual Result<bool> lead(std::string_view role, std::string_view instance, milliseconds ttl) = 0;

  // A random name made when this database was created: positions of another are meaningless here.
  virtual Result<std::string> epoch() = 0;
  virtual Result<void> ping() = 0;
};

}  // namespace trainyard::ports
