#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <utility>

namespace trainyard::simulation {

using namespace std::chrono_literals;

// Virtual time and chance. What is to happen happens one thing after the other, in the order of its
// time; everything else about a run follows from its seed.
class Schedule final : public Clock {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed) {}

  TimePoint now() const override { return now_; }

  void after(milliseconds delay, std::function<void()> what) {
    events_.emplace(std::pair(now_ + delay, ++count_), std::move(what));
  }
  bool run_one() {
    if (events_.empty()) return false;
    auto next = events_.extract(events_.begin());
    now_ = std::max(now_, next.key().first);
    next.mapped()();
    return true;
  }

  // Uniform in [0, sides).
  int roll(int sides) { return static_cast<int>(random_() % static_cast<std::uint64_t>(sides)); }
  bool chance(int percent) { return roll(100) < percent; }
  milliseconds between(milliseconds low, milliseconds high) {
    return low + milliseconds(roll(static_cast<int>((high - low).count()) + 1));
  }
  Uuid id() {
    Uuid::Bytes bytes{};
    for (auto& byte : bytes)
      byte = static_cast<std::uint8_t>(random_());
    return Uuid(bytes);
  }

 private:
  TimePoint now_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  std::uint64_t count_ = 0;
  std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> events_;
  std::mt19937_64 random_;
};

}  // namespace trainyard::simulation
