#include "api/control/relay_window.hpp"

#include <utility>

namespace trainyard::control {

RelayWindow::RelayWindow(RelayLimits limits) : limits_(limits) {}

bool RelayWindow::has_room() const {
  return telling_ < limits_.rows_max && parked_.size() < limits_.parked_max;
}

void RelayWindow::add(RelayRow row) {
  const auto id = row.id;
  auto [slot, is_new] = rows_.try_emplace(id);
  if (!is_new) return;
  add_to_skipped(id);
  Row& added = slot->second;
  added.key = std::move(row.key);
  added.events = std::move(row.events);
  added.told.resize(added.events.size());
  added.announcement = std::move(row.announcement);
  if (!added.events.empty()) {
    ++telling_;
    auto& chain = chains_[added.key];
    chain.push_back(id);
    if (chain.size() == 1) events_ready_.push_back(id);
  }
  if (added.announcement) parked_.push_back(id);
  finish_if_done(id, added);
}

bool RelayWindow::has_ready() const {
  return !events_ready_.empty() || (!parked_.empty() && announcing_ < limits_.announcements_max);
}

std::vector<Parcel> RelayWindow::take_ready() {
  std::vector<Parcel> parcels;
  for (; !events_ready_.empty(); events_ready_.pop_front()) {
    hand_out_events(events_ready_.front(), parcels);
  }
  for (; !parked_.empty() && announcing_ < limits_.announcements_max; parked_.pop_front()) {
    const auto id = parked_.front();
    ++announcing_;
    parcels.push_back(
        {.row = id, .part = Parcel::announcement_part, .announcement = *rows_.at(id).announcement});
  }
  return parcels;
}

void RelayWindow::hand_out_events(std::int64_t id, std::vector<Parcel>& into) {
  Row& row = rows_.at(id);
  for (std::size_t i = 0; i < row.events.size(); ++i) {
    if (row.told[i]) continue;
    ++row.events_out;
    into.push_back({.row = id, .part = static_cast<int>(i), .event = row.events[i]});
  }
}

void RelayWindow::delivered(std::int64_t id, int part) {
  const auto found = rows_.find(id);
  if (found == rows_.end()) return;
  Row& row = found->second;
  if (part == Parcel::announcement_part) {
    --announcing_;
    row.announcement.reset();
    finish_if_done(id, row);
    return;
  }
  --row.events_out;
  row.told[static_cast<std::size_t>(part)] = true;
  after_report(id, row);
}

void RelayWindow::failed(std::int64_t id, int part) {
  const auto found = rows_.find(id);
  if (found == rows_.end()) return;
  Row& row = found->second;
  if (part == Parcel::announcement_part) {
    --announcing_;
    failed_.emplace_back(id, part);
    return;
  }
  --row.events_out;
  const auto index = static_cast<std::size_t>(part);
  row.first_failed = std::min(row.first_failed.value_or(index), index);
  after_report(id, row);
}

void RelayWindow::after_report(std::int64_t id, Row& row) {
  if (row.events_out > 0) return;
  if (const auto from = std::exchange(row.first_failed, std::nullopt)) {
    // What follows the failed one was told too early: it is told again, after it.
    for (auto i = *from; i < row.told.size(); ++i)
      row.told[i] = false;
    failed_.emplace_back(id, 0);
    return;
  }
  --telling_;
  row.events.clear();
  row.events.shrink_to_fit();
  row.told.clear();
  const auto chain = chains_.find(row.key);
  chain->second.pop_front();
  if (chain->second.empty()) {
    chains_.erase(chain);
  } else {
    events_ready_.push_back(chain->second.front());
  }
  finish_if_done(id, row);
}

void RelayWindow::retry() {
  for (const auto& [id, part] : std::exchange(failed_, {})) {
    if (part == Parcel::announcement_part) {
      parked_.push_front(id);
    } else {
      events_ready_.push_back(id);
    }
  }
}

void RelayWindow::finish_if_done(std::int64_t id, const Row& row) {
  if (row.events.empty() && !row.announcement) finished_.push_back(id);
}

std::vector<std::int64_t> RelayWindow::take_finished() {
  return std::exchange(finished_, {});
}

void RelayWindow::forget(const std::vector<std::int64_t>& rows) {
  for (const auto id : rows)
    rows_.erase(id);
  // Below the oldest row in flight everything is gone from the store.
  const auto oldest = rows_.empty() ? INT64_MAX : rows_.begin()->first;
  while (!skipped_.empty() && skipped_.begin()->second < oldest)
    skipped_.erase(skipped_.begin());
}

std::vector<ports::OutboxRange> RelayWindow::skip() const {
  std::vector<ports::OutboxRange> ranges;
  for (const auto& [first, last] : skipped_)
    ranges.push_back({first, last});
  return ranges;
}

void RelayWindow::add_to_skipped(std::int64_t id) {
  auto after = skipped_.upper_bound(id);
  if (after != skipped_.begin()) {
    const auto before = std::prev(after);
    if (before->second >= id) return;
    if (before->second + 1 == id) {
      before->second = id;
      if (after != skipped_.end() && after->first == id + 1) {
        before->second = after->second;
        skipped_.erase(after);
      }
      return;
    }
  }
  if (after != skipped_.end() && after->first == id + 1) {
    const auto last = after->second;
    skipped_.erase(after);
    skipped_.emplace(id, last);
    return;
  }
  skipped_.emplace(id, id);
}

}  // namespace trainyard::control
