#include "common/adapters/kafka/partition_choice.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace trainyard::kafka {
namespace {

std::vector<int> chosen(int partitions, int messages, unsigned start) {
  PartitionChoice choice(partitions, messages, start);
  std::vector<int> all;
  for (int i = 0; i < messages; ++i)
    all.push_back(choice.next());
  return all;
}

TEST(PartitionChoice, DealsFewMessagesOutOneByOne) {
  EXPECT_EQ(chosen(6, 4, 4), (std::vector{4, 5, 0, 1}));
}

TEST(PartitionChoice, SendsManyInRuns) {
  std::map<int, int> counts;
  for (const int partition : chosen(6, 100, 0))
    ++counts[partition];
  EXPECT_EQ(counts, (std::map<int, int>{{0, 32}, {1, 32}, {2, 32}, {3, 4}}));
}

TEST(PartitionChoice, UsesEveryPartitionAlikeForVeryMany) {
  std::map<int, int> counts;
  for (const int partition : chosen(4, 1'000, 3))
    ++counts[partition];
  EXPECT_EQ(counts, (std::map<int, int>{{0, 250}, {1, 250}, {2, 250}, {3, 250}}));
}

TEST(PartitionChoice, BeginsElsewhereEachTime) {
  EXPECT_NE(chosen(6, 1, 1), chosen(6, 1, 2));
}

}  // namespace
}  // namespace trainyard::kafka
