#pragma once

#include "common/wire/live_messages.hpp"

#include <list>
#include <string>
#include <unordered_map>

namespace trainyard::notifier {

// Lets only news pass: the bus delivers at least once, and progress travels another way than
// transitions, so repeats and stragglers are dropped. Remembers a bounded number of jobs, the ones
// heard of most recently; of a forgotten one everything passes. Pure.
class NewsGate {
 public:
  explicit NewsGate(std::size_t jobs_max) : jobs_max_(jobs_max) {}

  // Whether `news` is newer than what passed before.
  bool admit(const wire::News& news);
  void forget_all();

 private:
  struct Known {
    std::int64_t version = 0;
    bool is_active = false;
    std::int64_t fence = 0;
    std::int64_t n = 0;
    std::list<std::string>::iterator age;
  };

  Known& known(const std::string& subject);

  std::size_t jobs_max_;
  std::unordered_map<std::string, Known> known_;
  std::list<std::string> by_age_;  // most recent first
};

}  // namespace trainyard::notifier
