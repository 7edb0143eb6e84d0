#pragma once

#include <algorithm>

namespace trainyard::kafka {

// Where messages without a key go. Few are dealt out one by one, so that each consumer has its
// share; many go in runs, since every partition that is written to costs a request.
class PartitionChoice {
 public:
  static constexpr int run_least = 32;

  // For `messages` that are sent together; `start` rises with every call, so that no partition is
  // preferred.
  PartitionChoice(int partitions, int messages, unsigned start)
      : partitions_(partitions),
        run_(messages <= partitions
                 ? 1
                 : std::max(run_least, (messages + partitions - 1) / partitions)),
        next_(static_cast<int>(start % static_cast<unsigned>(partitions))) {}

  int next() {
    const int chosen = next_;
    if (++in_run_ == run_) {
      in_run_ = 0;
      next_ = (next_ + 1) % partitions_;
    }
    return chosen;
  }

 private:
  int partitions_;
  int run_;
  int next_;
  int in_run_ = 0;
};

}  // namespace trainyard::kafka
