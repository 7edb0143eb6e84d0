#include "common/runtime/drill.hpp"

#include <gtest/gtest.h>

namespace trainyard::runtime {
namespace {

TEST(Drill, StampsWhenItBegan) {
  TaskContext context;
  const auto answer = drill_task("stamp", context);
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->find(R"("began_at":"20)"), std::string::npos);
}

TEST(Drill, RefusesWhatItDoesNotKnow) {
  TaskContext context;
  const auto answer = drill_task("nap", context);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  EXPECT_EQ(answer.error().field, "drill");
}

TEST(Drill, FailsWithTheCategoryAskedFor) {
  TaskContext context;
  EXPECT_EQ(drill_task("fail:transient", context).error().category, Category::transient);
}

TEST(Drill, SleepStopsWhenAskedAndReportsUntilThen) {
  std::stop_source stop;
  double reported = 0;
  TaskContext context{.stop = stop.get_token(), .report = [&](const TaskProgress& progress) {
                        reported = progress.fraction;
                        stop.request_stop();
                      }};
  EXPECT_EQ(drill_task("sleep:600000", context).error().code, Errc::cancelled);
  EXPECT_GT(reported, 0);
}

}  // namespace
}  // namespace trainyard::runtime
