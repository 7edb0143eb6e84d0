#include "common/adapters/delta/snapshot.hpp"

#include "common/adapters/duckdb/table_files.hpp"
#include "tests/unit/delta/table_copy.hpp"

#include <gmock/gmock.h>

namespace trainyard::delta {
namespace {

using testing::HasSubstr;

// A log of texts.
class MadeUpLog final : public LogFiles {
 public:
  std::map<std::string, std::string> files;

  Result<std::string> read(const std::string& name) override {
    const auto found = files.find(name);
    return found == files.end() ? Result<std::string>(fail(Errc::not_found, name)) : found->second;
  }
  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    for (const auto& [name, text] : files)
      names.push_back(name);
    return names;
  }
  bool exists(const std::string& name) override { return files.contains(name); }
};

const std::string first = "00000000000000000000.json";
const std::string second = "00000000000000000001.json";
const std::string protocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";

std::string metadata(const std::string& fields, const std::string& settings = "{}") {
  std::string schema = R"({\"type\":\"struct\",\"fields\":[)" + fields + "]}";
  return R"({"metaData":{"id":"1","schemaString":")" + schema + R"(","partitionColumns":[],)" +
         R"("configuration":)" + settings + "}}";
}

const std::string one_column = metadata(R"({\"name\":\"y\",\"type\":\"double\"})");

std::string add(const std::string& path, const std::string& more = "") {
  return R"({"add":{"path":")" + path + R"(","size":7,"partitionValues":{},"dataChange":true)" +
         more + "}}";
}

Result<std::string> no_checkpoint(const std::string& name) {
  return fail(Errc::internal, "nobody asked for " + name);
}

Result<Snapshot> read(MadeUpLog& log, std::optional<std::int64_t> version = std::nullopt,
                      const ReadParquet& read_parquet = no_checkpoint) {
  return read_snapshot(log, version, read_parquet);
}

std::vector<std::string> paths_in(const Result<Snapshot>& snapshot) {
  EXPECT_TRUE(snapshot.has_value()) << describe(snapshot.error());
  std::vector<std::string> paths;
  if (!snapshot) return paths;
  for (const auto& file : snapshot->files)
    paths.push_back(file.path);
  return paths;
}

class RealLogTest : public ::testing::Test {
 protected:
  Result<Snapshot> read(std::optional<std::int64_t> version = std::nullopt) {
    return read_snapshot(*log_, version, [this](const std::string& name) {
      ++checkpoints_read_;
      return duckdb::read_as_json({}, table_.path() + "/_delta_log/" + name, {});
    });
  }

  TableCopy table_{"partitioned"};
  std::unique_ptr<LogFiles> log_ = local_log_files(table_.path());
  int checkpoints_read_ = 0;
};

TEST_F(RealLogTest, TellsTheSameWithACheckpointAsWithoutIt) {
  table_.commit(0, 11);
  const auto replayed = read();
  EXPECT_EQ(checkpoints_read_, 0);
  table_.checkpoint(10);
  const auto from_checkpoint = read();
  EXPECT_EQ(checkpoints_read_, 1);
  EXPECT_EQ(paths_in(from_checkpoint), paths_in(replayed));
  EXPECT_EQ(replayed->files.size(), 4U);
  EXPECT_EQ(from_checkpoint->columns.size(), replayed->columns.size());
  EXPECT_EQ(from_checkpoint->files.front().partition, replayed->files.front().partition);
  table_.clean_away(0, 10);
  EXPECT_EQ(paths_in(read()), paths_in(replayed));
}

TEST_F(RealLogTest, GoesBackToAnEarlierVersion) {
  table_.commit(0, 11);
  EXPECT_EQ(read(0)->files.size(), 2U);
  EXPECT_EQ(read(1)->files.size(), 3U);
  EXPECT_EQ(read(0)->files.front().partition.at("store"), "north");
  EXPECT_EQ(read(0)->columns.size(), 3U);
  EXPECT_EQ(read(5)->columns.size(), 4U) << "a price came in";
}

TEST_F(RealLogTest, SaysThatAVersionIsCleanedAwayOrNotThereYet) {
  table_.commit(0, 11);
  table_.checkpoint(10);
  table_.clean_away(0, 3);
  EXPECT_EQ(read(11)->version, 11);
  EXPECT_THAT(read(5).error().detail, HasSubstr("00000000000000000000.json was cleaned away"));
  EXPECT_THAT(read(12).error().detail, HasSubstr("its newest is 11"));
  EXPECT_EQ(read(12).error().code, Errc::not_found);
}

TEST(DeltaSnapshot, ReadsACheckpointInPartsOnlyWhenAllAreThere) {
  const std::string part = "00000000000000000001.checkpoint.000000000";
  MadeUpLog log;
  log.files = {{first, protocol + "\n" + one_column + "\n" + add("old")},
               {second, add("new")},
               {part + "1.0000000002.parquet", ""}};
  EXPECT_EQ(paths_in(read(log)), (std::vector<std::string>{"new", "old"}));
  log.files[part + "2.0000000002.parquet"] = "";
  const auto parts = read(log, std::nullopt, [&](const std::string& name) -> Result<std::string> {
    return name.contains("1.0000000002") ? protocol + "\n" + one_column : add("of%20part%202");
  });
  EXPECT_EQ(paths_in(parts), std::vector<std::string>{"of part 2"});
}

TEST(DeltaSnapshot, FollowsACheckpointOfTheSecondKindToItsSidecars) {
  MadeUpLog log;
  log.files = {{"00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
                R"({"checkpointMetadata":{"version":1}})"
                "\n"
                R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
                R"("readerFeatures":["v2Checkpoint"],"writerFeatures":["v2Checkpoint"]}})"
                "\n" +
                    one_column +
                    "\n"
                    R"({"sidecar":{"path":"a.parquet","sizeInBytes":1}})"},
               {"00000000000000000002.json", add("later")}};
  const auto snapshot = read(log, std::nullopt, [](const std::string& name) -> Result<std::string> {
    EXPECT_EQ(name, "_sidecars/a.parquet");
    return add("sooner");
  });
  EXPECT_EQ(paths_in(snapshot), (std::vector<std::string>{"later", "sooner"}));
}

TEST(DeltaSnapshot, RefusesByNameWhatAReaderWouldHaveToKnow) {
  const auto with = [](const std::string& features) {
    MadeUpLog log;
    log.files[first] =
        R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[)" + features +
        "]}}\n" + one_column + "\n" + add("a");
    return read(log);
  };
  EXPECT_TRUE(with(R"("columnMapping","timestampNtz","deletionVectors","vacuumProtocolCheck")"));
  const auto refused = with(R"("columnMapping","catalogManaged")");
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_THAT(refused.error().detail, HasSubstr("'catalogManaged'"));
  MadeUpLog later;
  later.files[first] = R"({"protocol":{"minReaderVersion":4}})"
                       "\n" +
                       one_column;
  EXPECT_THAT(read(later).error().detail, HasSubstr("reader version 4"));
}

TEST(DeltaSnapshot, KnowsWhichRowsOfAFileAreDeleted) {
  const std::string vector =
      R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,)"
      R"("sizeInBytes":40,"cardinality":6})";
  MadeUpLog log;
  log.files = {{first, protocol + "\n" + one_column + "\n" + add("a") + "\n" + add("b")},
               {second, R"({"remove":{"path":"a"}})"
                        "\n" +
                            add("a", vector)}};
  EXPECT_EQ(paths_in(read(log, 0)).size(), 2U);
  const auto deleted = read(log);
  ASSERT_TRUE(deleted) << describe(deleted.error());
  ASSERT_EQ(deleted->files.size(), 2U);
  ASSERT_TRUE(deleted->files[0].deleted);
  EXPECT_EQ(deleted->files[0].deleted->path,
            "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
  EXPECT_FALSE(deleted->files[1].deleted);
  log.files["00000000000000000002.json"] = R"({"remove":{"path":"a")" + vector + "}}";
  EXPECT_EQ(paths_in(read(log)), std::vector<std::string>{"b"});
}

TEST(DeltaSnapshot, RefusesFilesOutsideOfTheTable) {
  for (const auto* path : {"/etc/passwd", "../other/a.parquet", "a/%2E%2E/%2e%2e/b",
                           "file:///etc/passwd", "s3://other/a.parquet"}) {
    MadeUpLog log;
    log.files[first] = protocol + "\n" + one_column + "\n" + add(path);
    EXPECT_THAT(read(log).error().detail, HasSubstr("outside of its folder")) << path;
  }
}

TEST(DeltaSnapshot, KnowsColumnsThatAreStoredUnderOtherNames) {
  const std::string fields =
      R"({\"name\":\"y\",\"type\":\"double\",\"metadata\":{\"delta.columnMapping.physicalName\":\"col-1\"}},)"
      R"({\"name\":\"tags\",\"type\":{\"type\":\"array\",\"elementType\":\"string\"},\"metadata\":{}})";
  MadeUpLog log;
  log.files[first] = protocol + "\n" + metadata(fields, R"({"delta.columnMapping.mode":"name"})");
  const auto mapped = read(log);
  ASSERT_TRUE(mapped) << describe(mapped.error());
  EXPECT_EQ(mapped->columns[0].stored_as, "col-1");
  EXPECT_EQ(mapped->columns[0].type, "double");
  EXPECT_EQ(mapped->columns[1].type, "");
  log.files[first] = protocol + "\n" + metadata(fields, R"({"delta.columnMapping.mode":"id"})");
  EXPECT_THAT(read(log).error().detail, HasSubstr("columnMapping by id"));
}

TEST(DeltaSnapshot, TellsADamagedLogFromNone) {
  MadeUpLog log;
  EXPECT_EQ(read(log).error().code, Errc::not_found);
  for (const auto& text : {std::string("{\"add\""), protocol, one_column, protocol + "\n" + "[]",
                           protocol + "\n" + R"({"metaData":{"schemaString":7}})",
                           protocol + "\n" + R"({"metaData":{"schemaString":"{}"}})",
                           protocol + "\n" + one_column + "\n" + R"({"add":{"path":7}})"}) {
    log.files[first] = text;
    EXPECT_EQ(read(log).error().code, Errc::corrupt_data) << text;
  }
}

}  // namespace
}  // namespace trainyard::delta
