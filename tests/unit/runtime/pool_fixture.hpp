#pragma once

#include "common/runtime/child_pool.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace trainyard::runtime {

// Collects what a pool tells, and waits for it. The limit only ends a test that would hang.
class PoolDiary {
 public:
  TaskEvents events() {
    return {.started = [this](TaskId id) { note([&] { ++started_[id]; }); },
            .progress =
                [this](TaskId id, TaskProgress progress) {
                  note([&] { progress_[id].push_back(std::move(progress)); });
                },
            .log = [this](TaskId id,
                          TaskLine line) { note([&] { lines_[id].push_back(std::move(line)); }); },
            .finished =
                [this](TaskId id, Result<std::string> answer) {
                  note([&] {
                    ++finished_count_;
                    if (!answers_.emplace(id, std::move(answer)).second) ++doubled_;
                  });
                }};
  }

  Result<std::string> await(TaskId id) {
    await_that([&] { return answers_.contains(id); });
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(id);
    return found == answers_.end() ? fail(Errc::internal, "it never finished") : found->second;
  }
  void await_started(TaskId id) {
    await_that([&] { return started_.contains(id); });
  }
  void await_finished(std::size_t count) {
    await_that([&] { return finished_count_ >= count; });
  }
  TaskProgress await_progress(TaskId id, double fraction) {
    await_that([&] { return !progress_[id].empty() && progress_[id].back().fraction >= fraction; });
    const std::lock_guard lock(mutex_);
    return progress_[id].empty() ? TaskProgress() : progress_[id].back();
  }
  std::string await_line(TaskId id) {
    await_that([&] { return !lines_[id].empty(); });
    const std::lock_guard lock(mutex_);
    return lines_[id].empty() ? std::string() : lines_[id].front().text;
  }
  std::vector<std::string> lines_of(TaskId id) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const auto& line : lines_[id])
      texts.push_back(line.text);
    return texts;
  }
  // For another pool, whose task ids begin again.
  void clear() {
    const std::lock_guard lock(mutex_);
    started_.clear();
    progress_.clear();
    lines_.clear();
    answers_.clear();
    finished_count_ = 0;
  }
  int doubled() {
    const std::lock_guard lock(mutex_);
    return doubled_;
  }
  bool began(TaskId id) {
    const std::lock_guard lock(mutex_);
    return started_.contains(id);
  }

 private:
  void note(auto what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  void await_that(auto holds) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60), holds));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<TaskId, int> started_;
  std::map<TaskId, std::vector<TaskProgress>> progress_;
  std::map<TaskId, std::vector<TaskLine>> lines_;
  std::map<TaskId, Result<std::string>> answers_;
  std::size_t finished_count_ = 0;
  int doubled_ = 0;
};

class ChildPoolTest : public testing::Test {
 protected:
  ChildPoolOptions options{.children = 2, .command = {TRAINYARD_TEST_CHILD}};
  PoolDiary diary;
  std::unique_ptr<ChildPool> pool;

  void open() {
    diary.clear();
    pool = std::make_unique<ChildPool>(log::Log(), options, diary.events());
  }
  TaskId submit(std::string kind, std::string payload = {}) {
    return pool->submit({.kind = std::move(kind), .payload = std::move(payload)});
  }
  Result<std::string> run(std::string kind, std::string payload = {}) {
    return diary.await(submit(std::move(kind), std::move(payload)));
  }
};

}  // namespace trainyard::runtime
