#include "common/adapters/duckdb/duckdb_table_reader.hpp"
#include "tests/unit/duckdb/temporary_file.hpp"

#include <gtest/gtest.h>

#include <random>

namespace trainyard::duckdb {
namespace {

// One to three random edits: bytes replaced, inserted, removed, or the end cut off.
std::string damage(std::string text, std::mt19937& random) {
  static constexpr char characters[] = "\",;\n\r\t \\'0-xZ\xff\xc3\x80\0{";
  static constexpr std::string_view bytes(characters, sizeof characters - 1);
  const auto pick = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  for (auto edits = 1 + pick(3); edits > 0 && !text.empty(); --edits) {
    const auto at = pick(text.size());
    switch (pick(4)) {
      case 0:
        text[at] = bytes[pick(bytes.size())];
        break;
      case 1:
        text.insert(at, 1, bytes[pick(bytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + pick(4));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

TEST(DamagedCsv, IsReadOrRefusedWithWhereAndWhy) {
  const TemporaryFolder folder;
  const auto reader = make_table_reader({});
  std::string intact = "\xef\xbb\xbfunique_id,ds,y\r\n";
  for (int i = 1; i <= 12; ++i) {
    intact += "\"a, b\",2020-" + std::string(i < 10 ? "0" : "") + std::to_string(i) + "-01,1.5\r\n";
  }
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    const auto text = damage(intact, random);
    const auto path = folder.write("t.csv", text);
    const auto info = reader->describe(path, {});
    const auto table = reader->read(
        {.path = path, .time_col = "ds", .target_col = "y", .segment_col = "unique_id"}, {});
    if (!table) {
      const auto& error = table.error();
      EXPECT_EQ(error.code, Errc::invalid_argument) << describe(error) << "\n" << text;
      EXPECT_FALSE(error.detail.empty()) << text;
      EXPECT_TRUE(!error.hint.empty() || !error.field.empty()) << describe(error) << "\n" << text;
      continue;
    }
    EXPECT_TRUE(info) << text;
    for (const auto& segment : table->segments) {
      if (segment.problem) {
        EXPECT_TRUE(segment.problem->row) << text;
      }
    }
  }
}

}  // namespace
}  // namespace trainyard::duckdb
