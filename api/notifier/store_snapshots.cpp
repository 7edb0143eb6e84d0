#include "api/notifier/store_snapshots.hpp"

#include "api/service/own_job.hpp"
#include "api/service/read_batch.hpp"
#include "api/service/read_job.hpp"
#include "common/ports/counted.hpp"
#include "common/wire/job_json.hpp"

namespace trainyard::notifier {
namespace {

constexpr int mine_max = 100;

// Of a job, or of what a batch's view says of one.
Snapshot::Seen seen(const auto& job) {
  return {.job_id = job.id.to_string(),
          .version = job.version,
          .is_terminal = domain::is_terminal(job.status)};
}

Result<Snapshot> read_job(ports::JobStore& store, JobId id, const service::Caller& caller,
                          TimePoint now) {
  TRY(const auto job, service::own_job(store, caller, id));
  return Snapshot{.json = wire::job_json(job, wire::JobView::full, now), .seen = {seen(job)}};
}

Result<Snapshot> read_batch(ports::JobStore& store, BatchId id, const service::Caller& caller,
                            TimePoint now) {
  TRY(auto view, service::batch_view(store, caller, id, {}, now));
  Snapshot snapshot{.json = std::move(view.json), .seen = {}};
  snapshot.seen.reserve(view.seen.size());
  for (const auto& job : view.seen)
    snapshot.seen.push_back(seen(job));
  return snapshot;
}

Result<Snapshot> read_mine(ports::JobStore& store, const service::Caller& caller, TimePoint now) {
  ports::JobFilter filter;
  filter.limit = mine_max;
  TRY(const auto page, service::list_jobs(store, caller, std::move(filter)));
  Snapshot snapshot;
  wire::JsonWriter out;
  out.begin_object().key("jobs").begin_array();
  for (const auto& job : page.jobs) {
    wire::write_job(out, job, wire::JobView::summary, now);
    snapshot.seen.push_back(seen(job));
  }
  out.end_array().field("total", ports::told_total(page.total)).end_object();
  snapshot.json = out.take();
  return snapshot;
}

}  // namespace

Result<Snapshot> read_snapshot(ports::JobStore& store, const Topic& topic,
                               const service::Caller& caller, TimePoint now) {
  if (const auto* job = std::get_if<JobId>(&topic.of)) return read_job(store, *job, caller, now);
  if (const auto* batch = std::get_if<BatchId>(&topic.of)) {
    return read_batch(store, *batch, caller, now);
  }
  return read_mine(store, caller, now);
}

}  // namespace trainyard::notifier
