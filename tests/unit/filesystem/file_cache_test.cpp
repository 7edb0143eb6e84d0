#include "common/adapters/filesystem/file_cache.hpp"

#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <latch>
#include <sys/stat.h>
#include <thread>

namespace trainyard::filesystem {
namespace {

FileCache::Make writes(std::string text) {
  return [text = std::move(text)](const std::filesystem::path& into) -> Result<void> {
    std::ofstream(into) << text;
    return {};
  };
}

std::string content(const Result<std::filesystem::path>& path) {
  EXPECT_TRUE(path) << describe(path.error());
  std::ifstream file(path.value_or(""));
  return {std::istreambuf_iterator<char>(file), {}};
}

void was_used_an_hour_ago(const std::filesystem::path& path) {
  const auto past = std::chrono::system_clock::now() - std::chrono::hours(1);
  const timespec time{.tv_sec = std::chrono::system_clock::to_time_t(past), .tv_nsec = 0};
  const timespec times[] = {time, time};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

class FileCacheTest : public ::testing::Test {
 protected:
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      count += entry.path().extension() == ".lock" ? 0 : 1;
    return count;
  }

  tests::TestFolder folder_;
};

TEST_F(FileCacheTest, MakesAFileOnceForAllWhoAskAtATime) {
  std::atomic<int> made = 0;
  constexpr int askers = 8;
  std::latch together(askers);
  std::vector<std::jthread> threads;
  for (int i = 0; i < askers; ++i) {
    threads.emplace_back([&] {
      FileCache cache(folder_.path(), 1'000);
      together.arrive_and_wait();
      const auto path = cache.get("a.csv",
                                  [&](const std::filesystem::path& into) {
                                    ++made;
                                    return writes("text")(into);
                                  },
                                  {});
      EXPECT_EQ(content(path), "text");
    });
  }
  threads.clear();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(files(), 1U);
}

TEST_F(FileCacheTest, LeavesNothingOfWhatFailed) {
  FileCache cache(folder_.path(), 1'000);
  const auto failed = cache.get("a.csv",
                                [](const std::filesystem::path& into) -> Result<void> {
                                  std::ofstream(into) << "half";
                                  return fail(Errc::unavailable, "the other half did not come");
                                },
                                {});
  EXPECT_EQ(failed.error().code, Errc::unavailable);
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(content(cache.get("a.csv", writes("whole"), {})), "whole");
}

TEST_F(FileCacheTest, DropsTheLongestUnusedAndNothingThatIsInUse) {
  FileCache cache(folder_.path(), 10);
  const auto old = cache.get("old", writes("12345678"), {});
  const auto older = cache.get("older", writes("12345678"), {});
  EXPECT_EQ(files(), 2U) << "both are in use";
  was_used_an_hour_ago(*old);
  was_used_an_hour_ago(*older);
  EXPECT_EQ(content(cache.get("old", writes("made anew"), {})), "12345678");
  ASSERT_TRUE(cache.get("new", writes("12"), {}));
  EXPECT_TRUE(std::filesystem::exists(*old)) << "it was used again";
  EXPECT_FALSE(std::filesystem::exists(*older));
}

TEST_F(FileCacheTest, LeavesTheTimeOfChangeAloneWhenAFileIsUsed) {
  FileCache cache(folder_.path(), 10);
  const auto path = cache.get("a", writes("1"), {});
  was_used_an_hour_ago(*path);
  const auto changed = std::filesystem::last_write_time(*path);
  ASSERT_TRUE(cache.get("a", writes("2"), {}));
  EXPECT_EQ(std::filesystem::last_write_time(*path), changed);
}

TEST_F(FileCacheTest, WaitsNoLongerThanItIsToldTo) {
  FileCache cache(folder_.path(), 10);
  std::stop_source stop;
  const auto waits = [&](const std::filesystem::path&) -> Result<void> {
    stop.request_stop();
    const auto inner = FileCache(folder_.path(), 10).get("a", writes("x"), stop.get_token());
    EXPECT_EQ(inner.error().code, Errc::cancelled);
    return fail(Errc::cancelled, "enough");
  };
  EXPECT_EQ(cache.get("a", waits, {}).error().code, Errc::cancelled);
}

}  // namespace
}  // namespace trainyard::filesystem
