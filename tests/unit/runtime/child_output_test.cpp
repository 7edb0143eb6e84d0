#include "common/runtime/line_cutter.hpp"
#include "tests/unit/runtime/pool_fixture.hpp"

#include <fmt/format.h>

// What a task prints and logs reaches the one who asked for the task, and nobody else.

namespace trainyard::runtime {
namespace {

using Lines = std::vector<std::string>;

TEST_F(ChildPoolTest, PassesOnWhatATaskLogsAndPrints) {
  open();
  const auto task = submit("print", "a\nb");
  ASSERT_TRUE(diary.await(task));
  EXPECT_EQ(diary.lines_of(task), (Lines{"about to print", "a", "to standard error", "b"}));
}

TEST_F(ChildPoolTest, TellsThePrintsOfTasksInOnePipeApart) {
  options.children = 1;
  open();
  std::vector<TaskId> tasks;
  for (int i = 0; i < 300; ++i)
    tasks.push_back(submit("print", fmt::format("from task {}\n", i)));
  diary.await_finished(300);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(diary.lines_of(tasks[static_cast<std::size_t>(i)]),
              (Lines{"about to print", fmt::format("from task {}", i), "to standard error"}));
  }
}

TEST_F(ChildPoolTest, KeepsTheLastWordsOfACrash) {
  options.children = 1;
  for (int i = 0; i < 50; ++i) {
    open();
    const auto task = submit("print", "last words");
    ASSERT_FALSE(diary.await(task));
    EXPECT_EQ(diary.lines_of(task), (Lines{"about to print", "assertion failed: y > 0"}));
  }
}

TEST_F(ChildPoolTest, DoesNotHangOnATaskThatPrintsMoreThanAnyBufferHolds) {
  open();
  const auto task = submit("chatter");
  ASSERT_TRUE(diary.await(task));
  const auto lines = diary.lines_of(task);
  ASSERT_EQ(lines.size(), 100'000u);
  EXPECT_EQ(lines.back(), "line 99999");
}

Lines cut(const std::vector<std::string>& pieces) {
  LineCutter cutter;
  Lines lines;
  const auto take = [&](std::string line) { lines.push_back(std::move(line)); };
  for (const auto& piece : pieces)
    cutter.feed(piece, take);
  cutter.end(take);
  return lines;
}

TEST(LineCutter, PutsLinesTogetherThatComeInPieces) {
  EXPECT_EQ(cut({"on", "e\ntw", "o\n", "\n", "three"}), (Lines{"one", "two", "three"}));
  EXPECT_EQ(cut({"dos\r", "\nunix\n"}), (Lines{"dos", "unix"}));
}

TEST(LineCutter, KeepsTheLastStateOfALineThatOverwritesItself) {
  EXPECT_EQ(cut({"10 %\r50 %", "\r100 %\ndone\n"}), (Lines{"100 %", "done"}));
}

TEST(LineCutter, CutsLongLinesShortAndSaysSo) {
  const auto lines = cut({std::string(5'000, 'x'), std::string(1'000, 'y') + "\nnext\n"});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], std::string(line_bytes_max, 'x') + " … (1904 more bytes)");
  EXPECT_EQ(lines[1], "next");
}

}  // namespace
}  // namespace trainyard::runtime
