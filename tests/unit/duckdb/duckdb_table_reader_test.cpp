#include "common/adapters/duckdb/duckdb_table_reader.hpp"

#include "tests/unit/duckdb/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stop_token>

namespace trainyard::duckdb {
namespace {

using std::chrono::sys_days;
using std::chrono::year;
using testing::HasSubstr;

class DuckDbTableReaderTest : public testing::Test {
 protected:
  Result<domain::SeriesTable> read(const std::string& path) {
    return reader->read(
        {.path = path, .time_col = "ds", .target_col = "y", .segment_col = "unique_id"}, {});
  }
  Result<domain::SeriesTable> read_text(std::string_view text, std::string_view name = "t.csv") {
    return read(folder.write(name, text));
  }
  // Reads text that must be refused as a whole.
  Error refusal(std::string_view text) {
    const auto table = read_text(text);
    EXPECT_FALSE(table) << text;
    return table ? Error{} : table.error();
  }

  TemporaryFolder folder;
  std::unique_ptr<ports::TableReader> reader = make_table_reader({});
};

const std::string header = "unique_id,ds,y\n";

TEST_F(DuckDbTableReaderTest, ReadsSegmentsInOrderOfAppearanceWithLineNumbers) {
  const auto table = read_text(header + "b,2020-01-01,1\na,2020-01-01,2\nb,2020-02-01,3.5\n");
  ASSERT_TRUE(table) << describe(table.error());
  ASSERT_EQ(table->segments.size(), 2U);
  EXPECT_EQ(table->rows, 3);
  const auto& b = table->segments[0];
  EXPECT_EQ(b.segment, "b");
  ASSERT_EQ(b.observations.size(), 2U);
  EXPECT_EQ(b.observations[1].time, TimePoint(sys_days(year(2020) / 2 / 1)));
  EXPECT_EQ(b.observations[1].value, 3.5);
  EXPECT_EQ(b.observations[1].row, 4);
}

TEST_F(DuckDbTableReaderTest, TakesWeeksByTheirMondayAndQuartersByTheirFirstDay) {
  const auto table = read_text(header + "w,2020-W53,1\nw,2021W01,2\nq,2020-Q4,1\nq,2021Q1,2\n");
  ASSERT_TRUE(table) << describe(table.error());
  const auto date = [&](std::size_t segment, std::size_t row) {
    return table->segments[segment].observations[row].time;
  };
  EXPECT_EQ(date(0, 0), TimePoint(sys_days(year(2020) / 12 / 28)));
  EXPECT_EQ(date(0, 1), TimePoint(sys_days(year(2021) / 1 / 4)));
  EXPECT_EQ(date(1, 0), TimePoint(sys_days(year(2020) / 10 / 1)));
  EXPECT_EQ(date(1, 1), TimePoint(sys_days(year(2021) / 1 / 1)));
}

TEST_F(DuckDbTableReaderTest, TakesTheUsualVariantsOfCsv) {
  const std::pair<const char*, std::string> variants[] = {
      {"BOM", "\xef\xbb\xbfunique_id,ds,y\na,2020-01-01,1.5\na,2020-02-01,2\n"},
      {"CRLF", "unique_id,ds,y\r\na,2020-01-01,1.5\r\na,2020-02-01,2\r\n"},
      {"BOM and CRLF", "\xef\xbb\xbfunique_id,ds,y\r\na,2020-01-01,1.5\r\na,2020-02-01,2\r\n"},
      {"semicolons", "unique_id;ds;y\na;2020-01-01;1.5\na;2020-02-01;2\n"},
      {"decimal comma", "unique_id;ds;y\na;2020-01-01;1,5\na;2020-02-01;2\n"},
      {"tabs", "unique_id\tds\ty\na\t2020-01-01\t1.5\na\t2020-02-01\t2\n"},
      {"pipes", "unique_id|ds|y\na|2020-01-01|1.5\na|2020-02-01|2\n"},
      {"quotes", "\"unique_id\",\"ds\",\"y\"\n\"a\",\"2020-01-01\",\"1.5\"\na,2020-02-01,2\n"},
      {"no last newline", "unique_id,ds,y\na,2020-01-01,1.5\na,2020-02-01,2"},
      {"blanks around values", "unique_id,ds,y\na, 2020-01-01 , 1.5 \na,2020-02-01,2\n"},
      {"exponents", "unique_id,ds,y\na,2020-01-01,15e-1\na,2020-02-01,2\n"},
      {"year and month", "unique_id,ds,y\na,2020-01,1.5\na,2020-02,2\n"},
      {"compact dates", "unique_id,ds,y\na,20200101,1.5\na,20200201,2\n"},
      {"days of weeks", "unique_id,ds,y\na,2020-W01-3,1.5\na,2020W056,2\n"},
      {"times", "unique_id,ds,y\na,2020-01-01T00:00:00Z,1.5\na,2020-02-01 00:00,2\n"},
  };
  for (const auto& [name, text] : variants) {
    const auto table = read_text(text);
    ASSERT_TRUE(table) << name << ": " << describe(table.error());
    ASSERT_EQ(table->segments.size(), 1U) << name;
    const auto& segment = table->segments[0];
    EXPECT_FALSE(segment.problem) << name << ": " << describe(*segment.problem);
    ASSERT_EQ(segment.observations.size(), 2U) << name;
    EXPECT_EQ(segment.observations[0].value, 1.5) << name;
    EXPECT_EQ(segment.observations[1].time, TimePoint(sys_days(year(2020) / 2 / 1))) << name;
  }
}

TEST_F(DuckDbTableReaderTest, KeepsWhatQuotesProtect) {
  const auto table = read_text(header + "\"a, \"\"b\"\"\nc\",2020-01-01,1\n");
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_EQ(table->segments[0].segment, "a, \"b\"\nc");
}

TEST_F(DuckDbTableReaderTest, TakesEmptyCellsAndTheirUsualNamesAsMissing) {
  const auto table = read_text(header +
                               "a,2020-01-01,\na,2020-02-01,NA\na,2020-03-01,NaN\n"
                               "a,2020-04-01,null\na,2020-05-01,N/A\na,2020-06-01,\"\"\n");
  ASSERT_TRUE(table) << describe(table.error());
  ASSERT_FALSE(table->segments[0].problem) << describe(*table->segments[0].problem);
  for (const auto& row : table->segments[0].observations)
    EXPECT_TRUE(std::isnan(row.value));
}

struct BrokenFile {
  const char* name;
  std::string text;
  std::optional<std::int64_t> row;
  std::string field;
  std::string detail;
};

TEST_F(DuckDbTableReaderTest, RefusesBrokenFilesWithLineColumnAndHint) {
  const BrokenFile files[] = {
      {"too few fields", header + "a,2020-01-01,1\na,2020-02-01\na,2020-03-01,3\n", 3, "y",
       "fewer"},
      {"too many fields", header + "a,2020-01-01,1\na,2020-02-01,2,9\n", 3, "", "more"},
      {"after a blank line", header + "a,2020-01-01,1\n\na,2020-02-01\n", 4, "y", "fewer"},
      {"after a line break in quotes", header + "\"a\nb\",2020-01-01,1\na,2020-02-01\n", 4, "y",
       "fewer"},
      {"CRLF", "unique_id,ds,y\r\na,2020-01-01,1\r\na,2020-02-01\r\n", 3, "y", "fewer"},
      {"invalid UTF-8", header + "a,2020-01-01,1\na\xff\xfe,2020-02-01,2\n", 3, "unique_id",
       "UTF-8"},
      {"cut off in a row", header + "a,2020-01-01,1\na,2020-0", 3, "y", "fewer"},
      {"cut off in quotes", header + "a,2020-01-01,1\na,2020-02-01,\"2", 3, "y", "quoted"},
      {"text after a quote", header + "a,2020-01-01,1\na,2020-02-01,\"2\"x\n", 3, "y", "quoted"},
      {"invalid UTF-8 in the header", "unique_id,ds\xff,y\na,2020-01-01,1\n", 1, "", "UTF-8"},
      {"UTF-16", std::string("\xff\xfeu\0n\0", 6), 1, "", "UTF-16"},
      {"compressed", "\x1f\x8b\x08", 1, "", "compressed"},
      {"empty", "", 1, "", "empty"},
      {"no header", "a,2020-01-01,1\na,2020-02-01,2\n", 1, "", "name should be"},
      {"a name twice", "unique_id,ds,y,y\na,2020-01-01,1,2\n", 1, "y", "twice"},
      {"a name twice but for case", "unique_id,ds,y,Y\na,2020-01-01,1,2\n", 1, "Y", "twice"},
  };
  for (const auto& file : files) {
    const auto error = refusal(file.text);
    EXPECT_EQ(error.code, Errc::invalid_argument) << file.name;
    EXPECT_EQ(category_of(error), Category::data) << file.name;
    EXPECT_EQ(error.row, file.row) << file.name;
    EXPECT_EQ(error.field, file.field) << file.name;
    EXPECT_THAT(error.detail, HasSubstr(file.detail)) << file.name;
    EXPECT_FALSE(error.hint.empty()) << file.name;
  }
  EXPECT_TRUE(read_text(header + "a,2020-01-01,1\n")) << "the reader is none the worse for them";
}

struct BadCell {
  const char* name;
  std::string row;
  std::string field;
  std::string detail;
};

TEST_F(DuckDbTableReaderTest, LetsABadCellFailItsSegmentAlone) {
  const BadCell cells[] = {
      {"month 13", "bad,2020-13-01,1", "ds", "'2020-13-01' is not a date"},
      {"30 February", "bad,2020-02-30,1", "ds", "'2020-02-30' is not a date"},
      {"words", "bad,yesterday,1", "ds", "'yesterday' is not a date"},
      {"week 53 of 52", "bad,2019-W53,1", "ds", "'2019-W53' is not a date"},
      {"quarter 5", "bad,2020-Q5,1", "ds", "'2020-Q5' is not a date"},
      {"ambiguous date", "bad,01/02/2020,1", "ds", "'01/02/2020' is not a date"},
      {"no date", "bad,,1", "ds", "missing"},
      {"year 99999", "bad,99999-01-01,1", "ds", "out of range"},
      {"infinite date", "bad,infinity,1", "ds", "out of range"},
      {"text in the target", "bad,2020-03-01,abc", "y", "'abc' is not a number"},
      {"two marks", "bad,2020-03-01,1.2.3", "y", "'1.2.3' is not a number"},
      {"infinite", "bad,2020-03-01,inf", "y", "infinite"},
      {"too large", "bad,2020-03-01,1e999", "y", "infinite"},
      {"no segment", ",2020-03-01,1", "unique_id", "which segment"},
  };
  for (const auto& cell : cells) {
    const auto table =
        read_text(header + "good,2020-01-01,1\n" + cell.row + "\nbad,2020-05-01,2\n");
    ASSERT_TRUE(table) << cell.name << ": " << describe(table.error());
    EXPECT_FALSE(table->segments[0].problem) << cell.name;
    const auto& problem = table->segments[1].problem;
    ASSERT_TRUE(problem) << cell.name;
    EXPECT_EQ(problem->row, 3) << cell.name;
    EXPECT_EQ(problem->field, cell.field) << cell.name;
    EXPECT_THAT(problem->detail, HasSubstr(cell.detail)) << cell.name;
    EXPECT_FALSE(problem->hint.empty()) << cell.name;
    EXPECT_EQ(category_of(*problem), Category::data) << cell.name;
  }
}

TEST_F(DuckDbTableReaderTest, NamesTheColumnsThatThereAreWhenOneIsUnknown) {
  const auto path = folder.write("t.csv", header + "a,2020-01-01,1\n");
  const auto table = reader->read({.path = path, .time_col = "ds", .target_col = "yy"}, {});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().field, "target_col");
  EXPECT_THAT(table.error().detail, HasSubstr("unique_id, ds, y"));
  EXPECT_THAT(table.error().hint, HasSubstr("'y'"));
}

TEST_F(DuckDbTableReaderTest, SaysThatAFileIsNotThere) {
  EXPECT_EQ(read(folder.path("none.csv")).error().code, Errc::not_found);
  EXPECT_EQ(read(folder.path("")).error().code, Errc::invalid_argument);
}

TEST_F(DuckDbTableReaderTest, ReadsPathsWithQuotesAndWildcards) {
  const auto table = read_text(header + "a,2020-01-01,1\n", "it's [a] *.csv");
  ASSERT_TRUE(table) << describe(table.error());
  EXPECT_EQ(table->rows, 1);
}

TEST_F(DuckDbTableReaderTest, ReadsOneSegmentAloneWithItsRows) {
  const auto path = folder.write("t.csv", header + "a,2020-01-01,1\nb,2020-01-01,2\n");
  const auto table = reader->read({.path = path,
                                   .time_col = "ds",
                                   .target_col = "y",
                                   .segment_col = "unique_id",
                                   .segments = {"b"}},
                                  {});
  ASSERT_TRUE(table) << describe(table.error());
  ASSERT_EQ(table->segments.size(), 1U);
  EXPECT_EQ(table->segments[0].observations[0].row, 3);
}

TEST_F(DuckDbTableReaderTest, CountsTheRowsOfSegmentsInOrderOfAppearance) {
  const auto path = folder.write(
      "t.csv", header + "b,2020-01-01,1\na,2020-01-01,2\n,2020-01-01,2\nb,no date,no value\n");
  const ports::SeriesQuery query{
      .path = path, .time_col = "ds", .target_col = "y", .segment_col = "unique_id"};
  const auto segments = reader->segments(query, {});
  ASSERT_TRUE(segments) << describe(segments.error());
  ASSERT_EQ(segments->size(), 3U);
  EXPECT_EQ((*segments)[0].segment, "b");
  EXPECT_EQ((*segments)[0].rows, 2);
  EXPECT_EQ((*segments)[1].segment, "a");
  EXPECT_EQ((*segments)[2].segment, "");
}

TEST_F(DuckDbTableReaderTest, CountsAFileWithoutSegmentsAsOne) {
  const auto path = folder.write("t.csv", "ds,y\n2020-01-01,1\n2020-02-01,2\n");
  const auto segments = reader->segments({.path = path, .time_col = "ds", .target_col = "y"}, {});
  ASSERT_TRUE(segments) << describe(segments.error());
  ASSERT_EQ(segments->size(), 1U);
  EXPECT_EQ((*segments)[0].rows, 2);
}

TEST_F(DuckDbTableReaderTest, ReadsCovariatesBesideTheTarget) {
  const auto path =
      folder.write("t.csv", "ds,y,promo,price\n2020-01-01,1,0,2.5\n2020-02-01,2,1,\n");
  const auto table = reader->read(
      {.path = path, .time_col = "ds", .target_col = "y", .covariates = {"price", "promo"}}, {});
  ASSERT_TRUE(table) << describe(table.error());
  const auto& covariates = table->segments[0].covariates;
  ASSERT_EQ(covariates.size(), 2U);
  EXPECT_EQ(covariates[0][0], 2.5);
  EXPECT_TRUE(std::isnan(covariates[0][1]));
  EXPECT_EQ(covariates[1], (std::vector{0.0, 1.0}));
}

TEST_F(DuckDbTableReaderTest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto path = folder.write("t.csv", header + "a,2020-01-01,1\n");
  EXPECT_EQ(reader->describe(path, stop.get_token()).error().code, Errc::cancelled);
}

TEST_F(DuckDbTableReaderTest, TellsKindsOfColumnsFromTheirContent) {
  const auto path =
      folder.write("t.csv", "name,when,count,mixed,empty\na,2020-01-01,1,1,\nb,2020-02-01,NA,x,\n");
  const auto info = reader->describe(path, {});
  ASSERT_TRUE(info) << describe(info.error());
  const auto& columns = info->columns;
  EXPECT_EQ(columns[0].kind, domain::ColumnKind::text);
  EXPECT_EQ(columns[1].kind, domain::ColumnKind::time);
  EXPECT_EQ(columns[2].kind, domain::ColumnKind::number);
  EXPECT_EQ(columns[3].kind, domain::ColumnKind::text);
  EXPECT_EQ(columns[4].kind, domain::ColumnKind::text);
  EXPECT_THAT(columns[0].sample, testing::ElementsAre("a", "b"));
}

TEST_F(DuckDbTableReaderTest, SaysToRunSetupWhenTheLibraryIsMissing) {
  const auto lost = make_table_reader({.library_directories = {folder.path("")}});
  const auto info = lost->describe(folder.write("t.csv", header), {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Errc::unavailable);
  EXPECT_THAT(info.error().hint, HasSubstr("deploy/setup"));
}

}  // namespace
}  // namespace trainyard::duckdb
