#pragma once

#include "common/ports/job_log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

namespace trainyard::memory_store {

// What jobs wrote, in memory, and a way to wait for it. Away while it is told to be. Thread-safe.
class MemoryLog final : public ports::JobLog {
 public:
  Result<void> append(std::span<const domain::LogLine> lines) override {
    const std::lock_guard lock(mutex_);
    ++appends_;
    changed_.notify_all();
    if (is_away_) return fail(Errc::unavailable, "the log is away");
    for (const auto& line : lines)
      lines_[line.job_id].emplace(line.seq, line);
    return {};
  }

  Result<ports::LogPage> read(JobId job, const ports::LogQuery&) override {
    const std::lock_guard lock(mutex_);
    ports::LogPage page;
    for (const auto& [seq, line] : lines_[job])
      page.lines.push_back(line);
    return page;
  }

  void set_away(bool away) {
    const std::lock_guard lock(mutex_);
    is_away_ = away;
  }
  int appends() {
    const std::lock_guard lock(mutex_);
    return appends_;
  }

  // The lines of the job, once one of them holds `text`. The limit only ends a test that would
  // hang.
  std::vector<domain::LogLine> await(JobId job, std::string_view text) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] {
      return std::ranges::any_of(lines_[job],
                                 [&](const auto& each) { return each.second.text.contains(text); });
    });
    std::vector<domain::LogLine> lines;
    for (const auto& [seq, line] : lines_[job])
      lines.push_back(line);
    return lines;
  }
  void await_appends(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return appends_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<JobId, std::map<std::int64_t, domain::LogLine>> lines_;
  bool is_away_ = false;
  int appends_ = 0;
};

}  // namespace trainyard::memory_store
