#pragma once

#include "common/ports/event_bus.hpp"
#include "tests/simulation/schedule.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trainyard::simulation {

// Messages arrive late, twice, in another order than they were sent in (those of different keys),
// or again because nobody said that they were done; some never do: a topic may be deleted. What was
// told of a job is noted in the order in which it was.
class FlakyBus {
 public:
  struct Work {
    std::string job;
    std::int64_t dispatch_no = 0;
  };
  // Whoever takes the work says so by calling `done`.
  using Consumer = std::function<void(const Work&, std::function<void()> done)>;

  explicit FlakyBus(Schedule& schedule) : schedule_(schedule) {}

  void set_faults(int percent) { faults_ = percent; }
  void set_consumers(std::vector<Consumer> consumers) { consumers_ = std::move(consumers); }

  // `report` tells whether the bus has it.
  void announce(const Work& work, const std::function<void(bool)>& report);
  void tell(const ports::Message& event, const std::function<void(bool)>& report);

  // Versions of each job as they were told, repetitions included.
  const std::map<std::string, std::vector<std::int64_t>>& told() const { return told_; }

 private:
  void deliver(const Work& work, int tries);

  Schedule& schedule_;
  int faults_ = 0;
  std::vector<Consumer> consumers_;
  std::map<std::string, std::vector<std::int64_t>> told_;
  std::map<std::string, int> broken_;  // failures of a key that are not reported yet
};

}  // namespace trainyard::simulation
