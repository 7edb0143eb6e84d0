#include "tests/simulation/run.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace trainyard::simulation {
namespace {

// TRAINYARD_TEST_SEEDS asks for more, TRAINYARD_TEST_FIRST_SEED for other ones.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

TEST(Simulation, KeepsItsPromisesWhateverFails) {
  const auto first = number_from("TRAINYARD_TEST_FIRST_SEED", 1);
  const auto seeds = number_from("TRAINYARD_TEST_SEEDS", 5'000);
  for (auto seed = first; seed < first + seeds; ++seed) {
    const auto wrongs = run(seed);
    ASSERT_TRUE(wrongs.empty()) << "seed " << seed << ": " << wrongs.front();
  }
}

TEST(Simulation, HappensTheSameWayAgain) {
  EXPECT_EQ(run(17, Mutation::no_fence), run(17, Mutation::no_fence));
}

// A rule that is left out is missed within a thousand runs, or the simulation proves nothing.
void expect_noticed(Mutation mutation) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    if (run(seed, mutation).empty()) continue;
    ::testing::Test::RecordProperty("seed", std::to_string(seed));
    return;
  }
  FAIL() << "nothing was noticed in a thousand runs";
}

TEST(Simulation, MissesTheFence) {
  expect_noticed(Mutation::no_fence);
}
TEST(Simulation, MissesTheConditionOfAClaim) {
  expect_noticed(Mutation::no_condition);
}
TEST(Simulation, MissesTheOutbox) {
  expect_noticed(Mutation::no_outbox);
}

}  // namespace
}  // namespace trainyard::simulation
