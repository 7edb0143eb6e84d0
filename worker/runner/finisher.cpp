#include "worker/runner/finisher.hpp"

#include "common/runtime/child_pool.hpp"
#include "common/runtime/pause.hpp"

namespace trainyard::runner {
namespace {

constexpr std::chrono::milliseconds retry_first{50};
constexpr std::chrono::milliseconds retry_max{1'000};
constexpr std::chrono::milliseconds linger{5};

}  // namespace

Finisher::Finisher(log::Log log, ports::JobStore& store, LeaseTable& leases)
    : log_(std::move(log)),
      store_(store),
      leases_(leases),
      coalescer_([this](auto commands) { return flush(commands); }, {.linger = linger}) {}

void Finisher::finish(domain::Finish finish) {
  if (leases_.begin_end(finish.job_id, finish.fence)) submit(std::move(finish));
}

void Finisher::submit(domain::Finish finish) {
  // The callback needs to know whose end it was and whether it was a stop, not the results.
  domain::Finish brief{
      .job_id = finish.job_id, .fence = finish.fence, .outcome = domain::Stopped{}};
  if (!std::holds_alternative<domain::Stopped>(finish.outcome)) {
    brief.outcome = domain::HandedBack{};
  }
  coalescer_.submit(std::move(finish),
                    [this, brief](Applied applied) { on_written(brief, applied); });
}

std::vector<Finisher::Applied> Finisher::flush(std::span<const domain::JobCommand> commands) {
  auto answers = store_.apply(commands);
  for (auto wait = retry_first;; wait = std::min(wait * 2, retry_max)) {
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (may_come_through(commands[i], answers[i])) again.push_back(i);
    }
    if (again.empty() || runtime::pause_for(hurry_.get_token(), wait)) return answers;
    std::vector<domain::JobCommand> repeated;
    for (const auto i : again)
      repeated.push_back(commands[i]);
    auto repeated_answers = store_.apply(repeated);
    for (std::size_t k = 0; k < again.size(); ++k) {
      answers[again[k]] = std::move(repeated_answers[k]);
    }
  }
}

bool Finisher::may_come_through(const domain::JobCommand& command, const Applied& applied) const {
  if (applied) return false;
  const auto code = applied.error().code;
  if (code != Errc::unavailable && code != Errc::in_doubt) return false;
  const auto& finish = std::get<domain::Finish>(command);
  return leases_.holds(finish.job_id, finish.fence, runtime::boottime_now());
}

void Finisher::on_written(const domain::Finish& finish, const Applied& applied) {
  if (!applied && applied.error().code == Errc::illegal_transition &&
      std::holds_alternative<domain::Stopped>(finish.outcome)) {
    // Stopped by a control message for a job that nobody cancelled: it goes to another worker.
    return submit(
        {.job_id = finish.job_id, .fence = finish.fence, .outcome = domain::HandedBack{}});
  }
  leases_.remove(finish.job_id, finish.fence);
  if (applied) return;
  // After a commit in doubt the repetition finds the lease gone: by its own hand, most likely.
  log_.warn("the end of a job was not written",
            {{"job_id", finish.job_id.to_string()}, {"reason", applied.error()}});
}

}  // namespace trainyard::runner
