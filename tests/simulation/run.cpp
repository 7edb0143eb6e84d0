#include "tests/simulation/run.hpp"

#include "tests/simulation/control.hpp"
#include "tests/simulation/worker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::simulation {
namespace {

using domain::JobStatus;
using memory_store::MemoryDispatch;

constexpr milliseconds trouble_time = 60s;
constexpr std::chrono::hours patience{2};
constexpr int cap = 2;

class Run {
 public:
  Run(std::uint64_t seed, Mutation mutation) : schedule_(seed), store_(schedule_, mutation) {
    auto limit = domain::Limit{};
    limit.scope = domain::LimitScope::key;
    limit.name = "capped";
    limit.concurrency = cap;
    std::ignore = line_.put_limit(limit);
    store_.set_faults(schedule_.roll(8));
    bus_.set_faults(schedule_.roll(20));
    for (int i = 0; i < 2; ++i)
      controls_.push_back(std::make_unique<Control>(schedule_, store_, line_, bus_));
    std::vector<FlakyBus::Consumer> consumers;
    for (int i = 0; i < 3; ++i) {
      workers_.push_back(std::make_unique<Worker>(schedule_, store_, line_, 1 + schedule_.roll(2)));
      workers_.back()->set_troubles(schedule_.roll(10));
      consumers.push_back(workers_.back()->consumer());
    }
    bus_.set_consumers(std::move(consumers));
    for (int i = 0, jobs = 4 + schedule_.roll(5); i < jobs; ++i)
      send(i);
    make_trouble();
    schedule_.after(trouble_time, [this] { end_trouble(); });
  }

  std::vector<std::string> go() {
    const auto until = schedule_.now() + patience;
    while (schedule_.now() < until && !is_over()) {
      schedule_.run_one();
      look_at_limits();
      if (!store_.wrongs().empty()) break;
    }
    check();
    return std::move(wrongs_);
  }

 private:
  void send(int number) {
    domain::NewJob job{.id = JobId(schedule_.id()),
                       .user_id = number % 2 == 0 ? "ann" : "bob",
                       .config = "{}",
                       .priority = schedule_.roll(3),
                       .options = {.key = schedule_.chance(50) ? "capped" : ""},
                       .submit = true,
                       .entry = domain::Entry::in_line};
    if (job.options.key.empty() && schedule_.chance(50)) job.entry = domain::Entry::announced;
    schedule_.after(schedule_.between(0ms, 20s), [this, job] { accept(job); });
    if (schedule_.chance(15)) {
      schedule_.after(schedule_.between(1s, 60s), [this, id = job.id] { cancel(id); });
    }
  }

  void accept(const domain::NewJob& job) {
    const auto accepted = store_.accept({&job, 1}).front();
    if (accepted) {
      accepted_.push_back(job.id);
    } else {
      schedule_.after(100ms, [this, job] { accept(job); });
    }
  }

  void cancel(JobId id) {
    const domain::JobCommand cancel = domain::Cancel{id};
    store_.apply({&cancel, 1});
  }

  void make_trouble() {
    schedule_.after(schedule_.between(500ms, 10s), [this] {
      if (!in_trouble_) return;
      auto& worker = *workers_[static_cast<std::size_t>(schedule_.roll(3))];
      switch (schedule_.roll(4)) {
        case 0:
          worker.crash();
          break;
        case 1:
          worker.freeze(schedule_.between(1s, 45s));
          break;
        case 2:
          controls_[static_cast<std::size_t>(schedule_.roll(2))]->crash();
          break;
        default:
          break;
      }
      make_trouble();
    });
  }

  void end_trouble() {
    in_trouble_ = false;
    store_.set_faults(0);
    bus_.set_faults(0);
    for (auto& worker : workers_)
      worker->set_troubles(0);
  }

  bool is_over() {
    if (in_trouble_) return false;
    const auto jobs = store_.jobs();
    return std::ranges::all_of(jobs, [](const auto& job) { return is_terminal(job.status); }) &&
           store_.outbox(1, {})->empty();
  }

  void look_at_limits() {
    const auto jobs = store_.jobs();
    const auto busy = std::ranges::count_if(jobs, [](const auto& job) {
      return job.options.key == "capped" && (job.admitted_at || job.lease);
    });
    if (busy > cap) wrongs_.push_back(fmt::format("{} jobs at once, {} may be", busy, cap));
  }

  void check() {
    wrongs_.insert(wrongs_.end(), store_.wrongs().begin(), store_.wrongs().end());
    for (const auto id : accepted_)
      check(id);
  }

  void check(JobId id) {
    const auto wrong = [&](std::string what) {
      wrongs_.push_back(fmt::format("{}: {}", id.to_string(), what));
    };
    const auto job = store_.get(id);
    if (!job) return wrong("it is gone");
    const auto history = *store_.history(id);
    const auto ends =
        std::ranges::count_if(history, [](const auto& line) { return is_terminal(line.to); });
    if (ends != 1) wrong(fmt::format("{} ends, and is {}", ends, to_string(job->status)));
    if (const auto results = store_.results(id)) {
      if (*results != fmt::format("{{\"fence\":{}}}", job->fence)) {
        wrong("its results are another attempt's");
      }
    }
    check_told(history, wrong);
  }

  // Each line is told, and for the first time after all that came before it.
  void check_told(const std::vector<domain::HistoryEntry>& history, const auto& wrong) {
    const auto told = bus_.told().find(history.front().job_id.to_string());
    if (told == bus_.told().end()) return wrong("nothing was told of it");
    auto from = told->second.begin();
    for (const auto& line : history) {
      const auto found = std::ranges::find(from, told->second.end(), line.version);
      if (found == told->second.end()) {
        return wrong(fmt::format("version {} was not told, or before its time", line.version));
      }
      if (std::ranges::any_of(from, found, [&](auto version) { return version > line.version; })) {
        return wrong(fmt::format("version {} was overtaken", line.version));
      }
      from = found;
    }
  }

  Schedule schedule_;
  FaultyStore store_;
  MemoryDispatch line_{store_};
  FlakyBus bus_{schedule_};
  std::vector<std::unique_ptr<Control>> controls_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<JobId> accepted_;
  std::vector<std::string> wrongs_;
  bool in_trouble_ = true;
};

}  // namespace

std::vector<std::string> run(std::uint64_t seed, Mutation mutation) {
  return Run(seed, mutation).go();
}

}  // namespace trainyard::simulation
