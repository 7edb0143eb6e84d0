#include "api/control/pipeline_runner.hpp"

#include "common/wire/pipeline_json.hpp"

namespace trainyard::control {

using std::chrono::steady_clock;

PipelineRunner::PipelineRunner(log::Log log, ports::PipelineStore& store,
                               PipelineRunnerOptions options)
    : log_(log),
      store_(store),
      options_(std::move(options)),
      outage_(log, "store (pipelines)", options_.backoff),
      look_at_(steady_clock::now()),
      ticker_([this] { return round(); }) {}

void PipelineRunner::batch_ended(const domain::Batch& batch) {
  const auto id = ports::PipelineId::parse(wire::pipeline_of(batch.cause));
  if (!id) return;
  {
    const std::lock_guard lock(mutex_);
    hinted_.insert(*id);
  }
  ticker_.wake();
}

milliseconds PipelineRunner::round() {
  std::set<ports::PipelineId> hinted;
  {
    const std::lock_guard lock(mutex_);
    hinted.swap(hinted_);
  }
  for (const auto id : hinted) {
    if (const auto moved = move(id); !moved) {
      look_at_ = steady_clock::now();  // what is left of the hints is among all that are open
      return outage_.failed(moved.error());
    }
  }
  if (steady_clock::now() >= look_at_) {
    if (const auto looked = look(); !looked) return outage_.failed(looked.error());
    look_at_ = steady_clock::now() + options_.rescan;
  }
  outage_.over();
  return options_.rescan;
}

Result<void> PipelineRunner::look() {
  std::optional<ports::PipelineId> after;
  while (true) {
    TRY(const auto page, store_.open(after, options_.set_max));
    for (const auto id : page)
      TRY_DO(move(id));
    if (std::ssize(page) < options_.set_max) return {};
    after = page.back();
  }
}

Result<void> PipelineRunner::move(ports::PipelineId id) {
  const auto moved = options_.move_on(id);
  if (moved || runtime::may_pass(moved.error())) return moved;
  log_.error("a pipeline cannot be moved on",
             {{"pipeline_id", id.to_string()}, {"reason", moved.error()}});
  return {};
}

}  // namespace trainyard::control
