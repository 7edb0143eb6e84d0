#include "api/notifier/news_gate.hpp"

#include <tuple>

namespace trainyard::notifier {

NewsGate::Known& NewsGate::known(const std::string& subject) {
  auto [found, is_new] = known_.try_emplace(subject);
  if (is_new) {
    by_age_.push_front(subject);
    found->second.age = by_age_.begin();
    if (known_.size() > jobs_max_) {
      known_.erase(by_age_.back());
      by_age_.pop_back();
    }
  } else {
    by_age_.splice(by_age_.begin(), by_age_, found->second.age);
  }
  return found->second;
}

bool NewsGate::admit(const wire::News& news) {
  auto& job = known(news.subject);
  if (news.kind == wire::News::Kind::progress) {
    // Progress of work that is known to have ended, or to have been taken away.
    if (job.version > 0 && !job.is_active) return false;
    if (std::tie(news.fence, news.n) <= std::tie(job.fence, job.n)) return false;
    job.fence = news.fence;
    job.n = news.n;
    return true;
  }
  if (news.version <= job.version) return false;
  job.version = news.version;
  job.is_active = news.is_active;
  return true;
}

void NewsGate::forget_all() {
  known_.clear();
  by_age_.clear();
}

}  // namespace trainyard::notifier
