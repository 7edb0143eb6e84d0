#include "tests/simulation/flaky_bus.hpp"

namespace trainyard::simulation {
namespace {

constexpr milliseconds redelivery = 20s;  // a member of the group was declared dead
constexpr int tries_max = 20;

}  // namespace

void FlakyBus::announce(const Work& work, const std::function<void(bool)>& report) {
  if (schedule_.chance(faults_)) {
    schedule_.after(schedule_.between(1ms, 50ms), [report] { report(false); });
    return;
  }
  const bool is_lost = schedule_.chance(faults_ / 4);
  if (!is_lost) schedule_.after(schedule_.between(1ms, 400ms), [this, work] { deliver(work, 0); });
  if (schedule_.chance(faults_)) {
    schedule_.after(schedule_.between(1ms, 90s), [this, work] { deliver(work, 0); });
  }
  schedule_.after(schedule_.between(1ms, 50ms), [report] { report(true); });
}

void FlakyBus::tell(const ports::Message& event, const std::function<void(bool)>& report) {
  // As an idempotent producer has it: what follows a failure of its key fails with it.
  auto& broken = broken_[event.key];
  const bool arrives = broken == 0 && !schedule_.chance(faults_);
  if (arrives) told_[event.key].push_back(std::stoll(event.value));
  // A report that says no although the message is there makes it come again.
  const bool says_so = arrives && !schedule_.chance(faults_ / 2);
  if (!arrives) ++broken;
  schedule_.after(schedule_.between(1ms, 50ms), [this, key = event.key, report, arrives, says_so] {
    if (!arrives) --broken_[key];
    report(says_so);
  });
}

void FlakyBus::deliver(const Work& work, int tries) {
  if (tries == tries_max) return;
  const auto done = std::make_shared<bool>(false);
  consumers_[static_cast<std::size_t>(schedule_.roll(static_cast<int>(consumers_.size())))](
      work, [done] { *done = true; });
  schedule_.after(redelivery, [this, work, tries, done] {
    if (!*done) deliver(work, tries + 1);
  });
}

}  // namespace trainyard::simulation
