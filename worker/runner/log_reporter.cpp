#include "worker/runner/log_reporter.hpp"

#include "common/runtime/pause.hpp"
#include "common/wire/job_log_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace trainyard::runner {
namespace {

constexpr std::chrono::milliseconds interval{250};
constexpr std::size_t lines_max = 20'000;
constexpr std::size_t bytes_max = 8U << 20;
constexpr std::size_t jobs_with_losses_max = 1'000;
// Of one event: more is left to those who read the stored lines.
constexpr std::size_t event_lines_max = 200;
constexpr std::size_t event_bytes_max = 64U << 10;

}  // namespace

LogReporter::LogReporter(log::Log log, ports::JobLog& store, ports::EventBus& bus,
                         std::string source)
    : log_(std::move(log)),
      store_(store),
      bus_(bus),
      source_(std::move(source)),
      outage_(log_, "store (keeping what jobs write)") {}

void LogReporter::report(std::vector<domain::LogLine> lines) {
  if (lines.empty()) return;
  const std::lock_guard lock(mutex_);
  const bool was_empty = waiting_.empty();
  for (auto& line : lines)
    keep(std::move(line));
  if (was_empty) some_.notify_one();
}

void LogReporter::keep(domain::LogLine line) {
  if (waiting_.size() < lines_max && bytes_ + line.text.size() <= bytes_max) {
    bytes_ += line.text.size();
    waiting_.push_back(std::move(line));
    return;
  }
  const auto job = line.job_id;
  const auto known = lost_.find(job);
  if (known != lost_.end()) {
    ++known->second.lines;
  } else if (lost_.size() < jobs_with_losses_max) {
    lost_.emplace(job, Lost{.first = std::move(line), .lines = 1});
  }
}

// What waits, and in place of the first line that was lost of a job a word about it.
std::vector<domain::LogLine> LogReporter::take() {
  const std::lock_guard lock(mutex_);
  auto lines = std::exchange(waiting_, {});
  bytes_ = 0;
  for (auto& [job, lost] : lost_) {
    lost.first.level = LineLevel::warning;
    lost.first.text = fmt::format("{} lines are lost here: the store was away", lost.lines);
    lines.push_back(std::move(lost.first));
  }
  lost_.clear();
  return lines;
}

void LogReporter::run(std::stop_token stop) {
  while (true) {
    bool is_last = false;
    {
      std::unique_lock lock(mutex_);
      is_last = !some_.wait(lock, stop, [this] { return !waiting_.empty(); });
    }
    if (is_last) return;
    auto lines = take();
    if (store_lines(lines)) {
      publish(lines);
    } else {
      put_back(std::move(lines));
      if (stop.stop_requested()) return;
    }
    runtime::pause_for(stop, interval);
  }
}

bool LogReporter::store_lines(const std::vector<domain::LogLine>& lines) {
  const auto stored = store_.append(lines);
  if (stored) {
    outage_.over();
    return true;
  }
  outage_.failed(stored.error());
  const auto code = stored.error().code;
  // What the store will never take is not tried again.
  return code != Errc::unavailable && code != Errc::in_doubt;
}

void LogReporter::put_back(std::vector<domain::LogLine> lines) {
  const std::lock_guard lock(mutex_);
  std::ranges::move(waiting_, std::back_inserter(lines));
  waiting_.clear();
  bytes_ = 0;
  for (auto& line : lines)
    keep(std::move(line));
}

void LogReporter::publish(const std::vector<domain::LogLine>& lines) {
  std::unordered_map<JobId, std::vector<domain::LogLine>> by_job;
  std::unordered_map<JobId, std::size_t> bytes;
  for (const auto& line : lines) {
    auto& told = by_job[line.job_id];
    auto& size = bytes[line.job_id];
    size += line.text.size();
    if (told.size() < event_lines_max && size <= event_bytes_max) told.push_back(line);
  }
  std::vector<ports::Message> messages;
  for (const auto& [job, told] : by_job) {
    if (told.empty()) continue;
    messages.push_back({.topic = ports::topics::job_events,
                        .key = job.to_string(),
                        .value = to_json(wire::log_event(told, source_))});
  }
  bus_.publish(messages, [](std::size_t, const Result<void>&) {});
}

}  // namespace trainyard::runner
