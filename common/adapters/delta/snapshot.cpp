#include "common/adapters/delta/snapshot.hpp"

#include "common/adapters/delta/log_listing.hpp"
#include "common/adapters/delta/replay.hpp"

namespace trainyard::delta {
namespace {

class LogReader {
 public:
  LogReader(LogFiles& log, const ReadParquet& read_parquet)
      : log_(log), read_parquet_(read_parquet) {}

  Result<Snapshot> read(const LogPlan& plan) {
    if (plan.checkpoint) {
      for (const auto& name : plan.checkpoint->names)
        TRY_DO(take(name));
      TRY(const auto sidecars, replay_.take_sidecars());
      for (const auto& name : sidecars)
        TRY_DO(take("_sidecars/" + name));
    }
    for (const auto version : plan.commits)
      TRY_DO(take(commit_name(version)));
    return std::move(replay_).finish(plan.version);
  }

 private:
  Result<void> take(const std::string& name) {
    TRY(const auto lines, name.ends_with(".parquet") ? read_parquet_(name) : log_.read(name));
    return replay_.take(lines, name);
  }

  LogFiles& log_;
  const ReadParquet& read_parquet_;
  Replay replay_;
};

}  // namespace

Result<Snapshot> read_snapshot(LogFiles& log, std::optional<std::int64_t> version,
                               const ReadParquet& read_parquet) {
  TRY(const auto names, log.list());
  TRY(const auto plan, plan_of_log(names, version));
  return LogReader(log, read_parquet).read(plan);
}

}  // namespace trainyard::delta
