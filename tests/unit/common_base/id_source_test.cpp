#include "common/base/id_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace trainyard {
namespace {

std::vector<Uuid> ids_of(const Uuid& seed, int count) {
  IdSource source(seed);
  std::vector<Uuid> ids;
  for (int i = 0; i < count; ++i)
    ids.push_back(source.next());
  return ids;
}

TEST(IdSource, MakesTheSameIdsOfTheSameSeed) {
  const auto seed = Uuid::make_v7();
  EXPECT_EQ(ids_of(seed, 100), ids_of(seed, 100));
  EXPECT_NE(ids_of(seed, 1), ids_of(Uuid::make_v7(), 1));
}

TEST(IdSource, MakesIdsThatSortInTheirOrder) {
  const auto ids = ids_of(Uuid::make_v7(), 200'000);
  EXPECT_TRUE(std::ranges::is_sorted(ids, std::ranges::less_equal{}));
}

TEST(IdSource, MakesIdsOfVersion7) {
  for (const auto& id : ids_of(Uuid::make_v7(), 10)) {
    EXPECT_EQ(id.to_string()[14], '7');
    EXPECT_NE(std::string("89ab").find(id.to_string()[19]), std::string::npos);
  }
}

}  // namespace
}  // namespace trainyard
