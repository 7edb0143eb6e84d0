#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "tests/unit/duckdb/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trainyard::duckdb {
namespace {

class ConvertTest : public testing::Test {
 protected:
  Result<ports::Converted> convert(std::string_view text) {
    return reader->to_parquet(folder.write("in.csv", text), folder.path("out.parquet"), {});
  }
  Result<domain::SeriesTable> read_back() {
    return reader->read({.path = folder.path("out.parquet"),
                         .time_col = "ds",
                         .target_col = "y",
                         .segment_col = "unique_id"},
                        {});
  }

  TemporaryFolder folder;
  std::unique_ptr<ports::TableReader> reader = make_table_reader({});
};

TEST_F(ConvertTest, KeepsEveryValueAndFindsTypes) {
  const auto converted = convert(
      "unique_id,ds,y,at,year\na,2020-01-01,1.5,2020-01-01 10:00,2020\n"
      "b,2020-02-01,,2020-01-02 00:00,\n");
  ASSERT_TRUE(converted) << describe(converted.error());
  EXPECT_EQ(converted->rows, 2);
  std::vector<std::string> types;
  for (const auto& column : converted->columns)
    types.push_back(column.type);
  EXPECT_THAT(types, testing::ElementsAre("VARCHAR", "DATE", "DOUBLE", "TIMESTAMP", "BIGINT"));
  const auto table = read_back();
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_EQ(table->segments[0].observations[0].value, 1.5);
  EXPECT_EQ(table->segments[1].observations[0].row, 3);
  EXPECT_TRUE(std::isnan(table->segments[1].observations[0].value));
}

TEST_F(ConvertTest, LeavesNamesThatLookLikeNumbersAlone) {
  ASSERT_TRUE(convert("unique_id,ds,y\n007,2020-01-01,1\n07,2020-01-01,2\n"));
  const auto table = read_back();
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_EQ(table->segments[0].segment, "007");
  EXPECT_EQ(table->segments[1].segment, "07");
}

TEST_F(ConvertTest, KeepsABadCellSoThatItsSegmentIsRefusedLater) {
  ASSERT_TRUE(convert("unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,oops\n"));
  const auto table = read_back();
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_FALSE(table->segments[0].problem);
  ASSERT_TRUE(table->segments[1].problem);
  EXPECT_EQ(table->segments[1].problem->row, 3);
  EXPECT_THAT(table->segments[1].problem->detail, testing::HasSubstr("'oops'"));
}

TEST_F(ConvertTest, RemembersOnWhichLineEachRowWas) {
  ASSERT_TRUE(convert("unique_id,ds,y\n\n\"a\nb\",2020-01-01,1\nc,2020-01-01,oops\n"));
  const auto second = folder.path("second.parquet");
  ASSERT_TRUE(reader->to_parquet(folder.path("out.parquet"), second, {}));
  std::filesystem::rename(second, folder.path("out.parquet"));
  const auto table = read_back();
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_EQ(table->segments[0].observations[0].row, 3);
  ASSERT_TRUE(table->segments[1].problem);
  EXPECT_EQ(table->segments[1].problem->row, 5);
}

TEST_F(ConvertTest, RefusesABrokenFileAndLeavesNothingBehind) {
  const auto converted = convert("unique_id,ds,y\na,2020-01-01,1\na,2020-02-01\n");
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().row, 3);
  EXPECT_FALSE(std::filesystem::exists(folder.path("out.parquet")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out.parquet.partial")));
}

TEST_F(ConvertTest, RefusesAHeaderWithoutRows) {
  const auto converted = convert("unique_id,ds,y\n");
  ASSERT_FALSE(converted);
  EXPECT_EQ(category_of(converted.error()), Category::data);
}

TEST_F(ConvertTest, RefusesAParquetFileThatWasCutOff) {
  ASSERT_TRUE(convert("unique_id,ds,y\na,2020-01-01,1\n"));
  std::filesystem::resize_file(folder.path("out.parquet"), 100);
  const auto table = read_back();
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Errc::invalid_argument);
  EXPECT_THAT(table.error().detail, testing::HasSubstr("Parquet"));
  EXPECT_FALSE(table.error().hint.empty());
}

TEST_F(ConvertTest, ConvertsMoreThanFitsIntoItsMemory) {
  std::string text = "unique_id,ds,y\n";
  for (int i = 0; i < 1'500'000; ++i) {
    text += "a-rather-long-name-of-a-segment-" + std::to_string(i) + ",2020-01-01," +
            std::to_string(i) + "\n";
  }
  const auto path = folder.write("in.csv", text);
  const auto small = make_table_reader({.memory_limit_mb = 64});
  const auto converted = small->to_parquet(path, folder.path("out.parquet"), {});
  ASSERT_TRUE(converted) << describe(converted.error());
  EXPECT_EQ(converted->rows, 1'500'000);
}

}  // namespace
}  // namespace trainyard::duckdb
