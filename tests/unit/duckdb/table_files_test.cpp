#include "common/adapters/duckdb/table_files.hpp"

#include "common/adapters/duckdb/connection.hpp"
#include "tests/support/test_folder.hpp"

#include <gmock/gmock.h>

namespace trainyard::duckdb {
namespace {

class TableFilesTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& select) {
    const auto path = (folder_.path() / name).string();
    const auto connection = Connection::open({});
    const auto written =
        (*connection)->run("COPY (" + select + ") TO '" + path + "' (FORMAT parquet)");
    EXPECT_TRUE(written) << describe(written.error());
    return path;
  }

  std::string joined(const std::vector<StoredColumn>& columns,
                     const std::vector<StoredFile>& files) {
    const auto output = (folder_.path() / "joined.parquet").string();
    const auto written = join_files({}, columns, files, output, {});
    EXPECT_TRUE(written) << describe(written.error());
    return read_as_json({}, output, {}).value_or("");
  }

  tests::TestFolder folder_;
};

TEST_F(TableFilesTest, JoinsFilesInTheirOrderWithWhatTheirPlaceSays) {
  const auto north = file("store=n [1]%20.parquet", "SELECT 1.5 AS y");
  const auto south = file("south.parquet", "SELECT 2.5 AS y");
  EXPECT_EQ(joined({{"store", "store", "VARCHAR"}, {"y", "y", "DOUBLE"}},
                   {{.path = north, .constants = {{"store", "no'rth"}}},
                    {.path = south, .constants = {{"store", std::nullopt}}}}),
            "{\"store\":\"no'rth\",\"y\":1.5}\n{\"store\":null,\"y\":2.5}\n");
}

TEST_F(TableFilesTest, KnowsColumnsThatCameLaterWentAwayOrWereWidened) {
  const auto old = file("a.parquet", "SELECT 1::INTEGER AS y, 7 AS gone");
  const auto young = file("b.parquet", "SELECT 2::BIGINT AS y, 'x' AS \"col-1\"");
  EXPECT_EQ(joined({{"y", "y", "BIGINT"}, {"note", "col-1", "VARCHAR"}, {"new", "new", "DATE"}},
                   {{.path = old}, {.path = young}}),
            "{\"y\":1,\"note\":null,\"new\":null}\n{\"y\":2,\"note\":\"x\",\"new\":null}\n");
}

TEST_F(TableFilesTest, KeepsColumnsOfTypesThatItHasNoNameFor) {
  const auto nested = file("a.parquet", "SELECT [1, 2] AS list");
  EXPECT_EQ(joined({{"list", "list", ""}}, {{.path = nested}}), "{\"list\":[1,2]}\n");
}

TEST_F(TableFilesTest, LeavesOutTheRowsThatAreDeleted) {
  const auto one = file("a.parquet", "SELECT i AS y FROM range(0, 30000) t(i)");
  const auto other = file("b.parquet", "SELECT i AS y FROM range(5, 9) t(i)");
  std::vector<std::int64_t> all_but_two;
  for (std::int64_t row = 0; row < 30'000; ++row) {
    if (row != 17 && row != 29'999) all_but_two.push_back(row);
  }
  EXPECT_EQ(joined({{"y", "y", "BIGINT"}},
                   {{.path = one, .deleted = all_but_two}, {.path = other, .deleted = {0, 3}}}),
            "{\"y\":17}\n{\"y\":29999}\n{\"y\":6}\n{\"y\":7}\n");
}

TEST_F(TableFilesTest, WritesATableWithoutRows) {
  EXPECT_EQ(joined({{"y", "y", "DOUBLE"}}, {}), "");
}

TEST_F(TableFilesTest, SaysWhatIsMissing) {
  const auto output = (folder_.path() / "joined.parquet").string();
  const auto lost = join_files({}, {{"y", "y", "DOUBLE"}},
                               {{.path = (folder_.path() / "no.parquet").string()}}, output, {});
  EXPECT_EQ(lost.error().code, Errc::not_found);
}

}  // namespace
}  // namespace trainyard::duckdb
