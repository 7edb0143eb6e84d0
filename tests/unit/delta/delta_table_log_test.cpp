#include "common/adapters/delta/delta_table_log.hpp"

#include "common/adapters/delta/commit_json.hpp"
#include "tests/unit/delta/table_copy.hpp"

namespace trainyard::delta {
namespace {

using Segments = std::set<std::string>;

class DeltaTableLogTest : public ::testing::Test {
 protected:
  domain::TableCommit read(std::int64_t version, const std::string& segment_col = "store") {
    auto commit = log_->read(version, segment_col);
    EXPECT_TRUE(commit.has_value()) << describe(commit.error());
    return commit.value_or(domain::TableCommit{});
  }

  TableCopy table_{"partitioned"};
  std::unique_ptr<ports::TableLog> log_ = open_table_log(local_log_files(table_.path()));
};

TEST_F(DeltaTableLogTest, HasNoVersionBeforeThereIsATable) {
  EXPECT_EQ(*log_->latest(), std::nullopt);
  EXPECT_EQ(*log_->next_after(-1), std::nullopt);
  table_.commit(0, 0);
  EXPECT_EQ(*log_->latest(), 0);
  EXPECT_EQ(*log_->next_after(-1), 0);
}

TEST_F(DeltaTableLogTest, GoesThroughTheVersionsInOrder) {
  table_.commit(0, 11);
  EXPECT_EQ(*log_->latest(), 11);
  EXPECT_EQ(*log_->next_after(9), 10);
  EXPECT_EQ(*log_->next_after(11), std::nullopt);
  EXPECT_EQ(log_->read(12, "").error().code, Errc::not_found);
}

TEST_F(DeltaTableLogTest, FindsTheNextVersionBehindThoseThatAreCleanedAway) {
  table_.commit(0, 11);
  table_.clean_away(0, 7);
  EXPECT_EQ(*log_->next_after(3), 8);
  EXPECT_EQ(*log_->next_after(-1), 8);
}

TEST_F(DeltaTableLogTest, TellsATableThatWasMadeAnewByAVersionThatIsNotAfter) {
  table_.commit(0, 2);
  EXPECT_EQ(*log_->next_after(7), 0);
  EXPECT_EQ(*log_->next_after(2), std::nullopt);
}

TEST_F(DeltaTableLogTest, TellsWhatWasAppended) {
  table_.commit(0, 1);
  EXPECT_EQ(read(0).rows, 10);
  EXPECT_EQ(read(0).segments, (Segments{"north", "south"}));
  const auto append = read(1);
  EXPECT_EQ(append.operation, "WRITE");
  EXPECT_TRUE(append.changes_data);
  EXPECT_EQ(append.rows, 3);
  EXPECT_EQ(append.segments, Segments{"north"});
  EXPECT_TRUE(append.schema.empty());
}

TEST_F(DeltaTableLogTest, CountsTheRowsThatChangedAndNotThoseThatWereCopied) {
  table_.commit(0, 3);
  EXPECT_EQ(read(2).operation, "DELETE");
  EXPECT_EQ(read(2).rows, 1);
  EXPECT_EQ(read(2).segments, Segments{"south"});
  EXPECT_EQ(read(3).operation, "MERGE");
  EXPECT_EQ(read(3).rows, 4) << "one updated, three inserted";
  EXPECT_EQ(read(3).segments, (Segments{"north", "west"}));
}

TEST_F(DeltaTableLogTest, SeesThatMaintenanceChangesNoData) {
  table_.commit(0, 8);
  for (const int version : {4, 7, 8})
    EXPECT_FALSE(read(version).changes_data) << read(version).operation;
}

TEST_F(DeltaTableLogTest, TellsSchemasApart) {
  table_.commit(0, 6);
  EXPECT_FALSE(read(0).schema.empty());
  EXPECT_FALSE(read(5).schema.empty());
  EXPECT_NE(read(0).schema, read(5).schema);
  EXPECT_TRUE(read(6).schema.empty());
}

TEST_F(DeltaTableLogTest, CountsASegmentThatWasOverwrittenAsChanged) {
  table_.commit(0, 6);
  EXPECT_EQ(read(6).rows, 4);
  EXPECT_EQ(read(6).segments, (Segments{"east", "north", "south", "west"}));
}

TEST_F(DeltaTableLogTest, RefusesAFileThatIsCutOffNamingTheLine) {
  table_.commit(0, 0);
  table_.commit_half(1);
  const auto half = log_->read(1, "");
  EXPECT_EQ(half.error().code, Errc::corrupt_data);
  EXPECT_TRUE(half.error().row);
  table_.commit_rest(1);
  EXPECT_EQ(read(1).rows, 3);
  EXPECT_EQ(parse_commit(0, "", "").error().code, Errc::corrupt_data);
  EXPECT_EQ(parse_commit(0, "{}\n[1]\n", "").error().row, 2);
  EXPECT_EQ(parse_commit(0, R"({"add":7})", "").error().code, Errc::corrupt_data);
}

TEST(DeltaCommit, TellsSegmentsByStatisticsWhereAFileHasButOne) {
  const TableCopy table("plain");
  table.commit(0, 3);
  const auto log = open_table_log(local_log_files(table.path()));
  EXPECT_EQ(log->read(1, "store")->segments, Segments{"south"});
  EXPECT_EQ(log->read(2, "store")->segments, Segments{"north"});
  EXPECT_EQ(log->read(3, "store")->segments, std::nullopt) << "two stores in one file";
  EXPECT_EQ(log->read(3, "")->segments, std::nullopt);
}

TEST(DeltaCommit, ReadsTheMetricsThatSparkWritesAsText) {
  const auto commit = parse_commit(
      7,
      R"({"commitInfo":{"operation":"UPDATE","operationMetrics":{"numUpdatedRows":"12"}}})"
      "\n"
      R"({"add":{"path":"a","dataChange":true,"stats":"{\"numRecords\":900}"}})",
      "");
  EXPECT_EQ(commit->rows, 12);
}

TEST(DeltaCommit, DoesNotGuessHowManyRowsWereDroppedOrAdded) {
  EXPECT_EQ(parse_commit(7, R"({"remove":{"path":"a","dataChange":true}})", "")->rows,
            std::nullopt);
  EXPECT_EQ(parse_commit(7, R"({"add":{"path":"a","dataChange":true}})", "")->rows, std::nullopt);
}

}  // namespace
}  // namespace trainyard::delta
