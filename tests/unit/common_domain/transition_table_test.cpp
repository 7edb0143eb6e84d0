#include "common/domain/transition_table.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

TEST(TransitionTable, NamesEachStateAndEventAtMostOnce) {
  for (std::size_t i = 0; i < edges.size(); ++i) {
    for (std::size_t j = i + 1; j < edges.size(); ++j) {
      EXPECT_FALSE(edges[i].from == edges[j].from && edges[i].event == edges[j].event)
          << to_string(edges[i].from) << " " << to_string(edges[i].event);
    }
  }
}

TEST(TransitionTable, HasNoWayOutOfTheFinalStates) {
  for (const auto event : all_events) {
    EXPECT_FALSE(target_of(JobStatus::completed, event));
    EXPECT_FALSE(target_of(JobStatus::cancelled, event));
  }
}

TEST(TransitionTable, RefusesWithTheStateAndWhatItAllows) {
  const auto refused = next_status(JobStatus::running, JobEvent::submitted);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::illegal_transition);
  EXPECT_EQ(refused.error().detail, "a job that is running cannot become submitted");
  EXPECT_NE(refused.error().hint.find("cancelling"), std::string::npos);
}

}  // namespace
}  // namespace trainyard::domain
