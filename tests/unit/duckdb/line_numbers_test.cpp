#include "common/adapters/duckdb/line_numbers.hpp"

#include "tests/unit/duckdb/temporary_file.hpp"

#include <gtest/gtest.h>

namespace trainyard::duckdb {
namespace {

TEST(LineNumbers, CountBlankLinesAndLineBreaksInQuotes) {
  const TemporaryFolder folder;
  const auto path = folder.write("t.csv", "a,b\r\n1,\"x\r\ny\"\r\n\r\n2,z\r\n3,z\r\n");
  const auto lines = LineNumbers::of_csv(path, 3);
  EXPECT_EQ(lines.at(0), 2);
  EXPECT_EQ(lines.at(1), 5);
  EXPECT_EQ(lines.at(2), 6);
}

TEST(LineNumbers, AreThoseOfAPlainFileWhenItsRecordsWereReadDifferently) {
  const TemporaryFolder folder;
  EXPECT_EQ(LineNumbers::of_csv(folder.write("t.csv", "a\n\n1\n2\n"), 3).at(0), 2);
}

TEST(LineNumbers, AreRowsWhereEveryOtherLineIsBlank) {
  const TemporaryFolder folder;
  std::string text = "a\n";
  for (int i = 0; i < 20'000; ++i)
    text += "\n1\n";
  EXPECT_EQ(LineNumbers::of_csv(folder.write("t.csv", text), 20'000).at(19'999), 20'000);
}

TEST(LineNumbers, SurviveAsText) {
  const TemporaryFolder folder;
  const auto lines = LineNumbers::of_csv(folder.write("t.csv", "a\n1\n\n\n2\n"), 2);
  const auto again = LineNumbers::from_text(lines.to_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->at(0), 2);
  EXPECT_EQ(again->at(1), 5);
}

TEST(LineNumbers, RefuseForeignText) {
  for (const auto* text : {"", "x", "0+2", "5+2;", "0+2;0+3;", "0+;", "0+2;;"})
    EXPECT_FALSE(LineNumbers::from_text(text)) << text;
}

}  // namespace
}  // namespace trainyard::duckdb
