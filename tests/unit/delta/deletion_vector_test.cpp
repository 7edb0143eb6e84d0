#include "common/adapters/delta/deletion_vector.hpp"

#include <gtest/gtest.h>

namespace trainyard::delta {
namespace {

using Rows = std::vector<std::int64_t>;

// The bitmap of the Delta protocol's example (delta-io/delta, PROTOCOL.md, "Deletion Vector
// Descriptor Schema": rows 3, 4, 7, 11, 18 and 29) in the format that writers give it there.
const std::string example = "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L";
// The example itself has an older one, which is in no table.
const std::string older = "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L";
constexpr std::int64_t example_bytes = 44;
const Rows example_rows{3, 4, 7, 11, 18, 29};

Result<std::string> nothing_to_read(const std::string& path, std::int64_t, std::int64_t) {
  return fail(Errc::not_found, path);
}

Result<DeletionVector> inlined(const std::string& text, std::int64_t size, std::int64_t rows) {
  return parse_deletion_vector("i", text, {.size = size, .rows = rows});
}

TEST(DeletionVector, TellsTheRowsOfTheProtocolsExample) {
  const auto vector = inlined(example, example_bytes, 6);
  ASSERT_TRUE(vector) << describe(vector.error());
  EXPECT_EQ(deleted_rows(*vector, nothing_to_read), example_rows);
}

TEST(DeletionVector, IsReadFromAFileBehindItsLength) {
  const auto content = inlined(example, example_bytes, 6)->content;
  const auto vector = parse_deletion_vector("u", "^-aqEH.-t@S}K{vb[*k^",
                                            {.offset = 7, .size = example_bytes, .rows = 6});
  ASSERT_TRUE(vector) << describe(vector.error());
  const auto file = std::string(7, '?') + std::string("\0\0\0\x2c", 4) + content + "crc4";
  const auto read = [&](const std::string& path, std::int64_t from,
                        std::int64_t count) -> Result<std::string> {
    EXPECT_EQ(path, "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
    return file.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count));
  };
  EXPECT_EQ(deleted_rows(*vector, read), example_rows);
}

TEST(DeletionVector, IsRefusedWhenItIsDamaged) {
  EXPECT_EQ(inlined("wi5b", 40, 6).error().code, Errc::corrupt_data);
  EXPECT_EQ(inlined(example, 400, 6).error().code, Errc::corrupt_data);
  EXPECT_EQ(inlined(example, -1, 6).error().code, Errc::corrupt_data);
  for (const auto& vector :
       {inlined(example, example_bytes, 7), inlined(example, 30, 6), inlined(example, 14, 6),
        inlined(example, 3, 6), inlined("00000" + example, 48, 6), inlined(older, 40, 6)}) {
    EXPECT_EQ(deleted_rows(*vector, nothing_to_read).error().code, Errc::corrupt_data);
  }
}

TEST(DeletionVector, MustLieBelowItsTable) {
  EXPECT_EQ(parse_deletion_vector("p", "s3://other/deletion_vector.bin", {}).error().code,
            Errc::invalid_argument);
  EXPECT_FALSE(parse_deletion_vector("u", "../../^-aqEH.-t@S}K{vb[*k^", {}));
}

}  // namespace
}  // namespace trainyard::delta
