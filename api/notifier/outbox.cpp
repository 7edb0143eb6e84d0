#include "api/notifier/outbox.hpp"

#include <algorithm>

namespace trainyard::notifier {

bool Outbox::push(Frame frame) {
  if (!frame.progress_of.empty()) {
    if (const auto older = progress_.find(frame.progress_of); older != progress_.end()) {
      erase(older->second);
    }
  }
  if (frames_.size() >= frames_max_) {
    const auto oldest = std::ranges::find_if(
        frames_, [](const auto& numbered) { return !numbered.second.progress_of.empty(); });
    if (oldest != frames_.end()) {
      erase(oldest->first);
    } else if (frame.progress_of.empty()) {
      return false;
    } else {
      return true;  // progress may be left out
    }
  }
  if (!frame.progress_of.empty()) progress_[frame.progress_of] = next_;
  frames_.emplace(next_++, std::move(frame));
  return true;
}

std::optional<Frame> Outbox::pop() {
  if (frames_.empty()) return std::nullopt;
  Frame frame = frames_.begin()->second;
  erase(frames_.begin()->first);
  return frame;
}

void Outbox::clear() {
  frames_.clear();
  progress_.clear();
}

void Outbox::erase(std::uint64_t number) {
  const auto found = frames_.find(number);
  if (!found->second.progress_of.empty()) progress_.erase(found->second.progress_of);
  frames_.erase(found);
}

}  // namespace trainyard::notifier
