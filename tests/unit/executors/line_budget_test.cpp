#include "worker/executors/line_budget.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trainyard::executors {
namespace {

using ::testing::ElementsAre;
using Texts = std::vector<std::string>;

// Everything that is kept of these lines, in the order of the numbers.
std::vector<domain::LogLine> kept(LineBudget& budget, const Texts& texts) {
  std::vector<domain::LogLine> all;
  for (const auto& text : texts) {
    for (auto& line : budget.add(TimePoint{}, LineLevel::info, text))
      all.push_back(std::move(line));
  }
  for (auto& line : budget.finish())
    all.push_back(std::move(line));
  return all;
}

Texts texts_of(const std::vector<domain::LogLine>& lines) {
  Texts texts;
  for (const auto& line : lines)
    texts.push_back(line.text);
  return texts;
}

TEST(LineBudget, NumbersTheLinesOfAnAttempt) {
  LineBudget budget(JobId::make(), 3);
  const auto lines = kept(budget, {"a", "b"});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].seq, domain::log_seq_before(3) + 1);
  EXPECT_EQ(lines[1].seq, domain::log_seq_before(3) + 2);
  EXPECT_EQ(attempt_of(lines[1]), 3);
}

TEST(LineBudget, KeepsTheFirstAndTheLastLinesAndTellsHowManyAreMissing) {
  LineBudget budget(JobId::make(), 1, {.first_lines = 3, .last_lines = 2});
  const auto lines = kept(budget, {"1", "2", "3", "4", "5", "6", "7"});
  EXPECT_THAT(
      texts_of(lines),
      ElementsAre("1", "2", "3", "2 lines are left out here: there were too many", "6", "7"));
  EXPECT_EQ(lines[3].level, LineLevel::warning);
  for (std::size_t i = 1; i < lines.size(); ++i)
    EXPECT_EQ(lines[i].seq, lines[i - 1].seq + 1);
}

TEST(LineBudget, LeavesNothingOutThatFits) {
  LineBudget budget(JobId::make(), 1, {.first_lines = 2, .last_lines = 2});
  EXPECT_THAT(texts_of(kept(budget, {"1", "2", "3", "4"})), ElementsAre("1", "2", "3", "4"));
}

TEST(LineBudget, IsBoundInBytes) {
  LineBudget budget(JobId::make(), 1, {.first_bytes = 10, .last_bytes = 8});
  const auto lines = kept(budget, {"12345678", "abcdefgh", "ABCDEFGH"});
  EXPECT_THAT(texts_of(lines),
              ElementsAre("12345678", "1 line is left out here: there were too many", "ABCDEFGH"));
}

TEST(LineBudget, KeepsTheLastWordsOfAHundredThousandLines) {
  LineBudget budget(JobId::make(), 1);
  std::size_t passed = 0;
  for (int i = 0; i < 100'000; ++i)
    passed += budget.add(TimePoint{}, LineLevel::output, fmt::format("line {}", i)).size();
  const auto rest = budget.finish();
  EXPECT_LE(passed + rest.size(), 10'000u);
  EXPECT_EQ(rest.back().text, "line 99999");
}

}  // namespace
}  // namespace trainyard::executors
