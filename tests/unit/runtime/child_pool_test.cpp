#include "tests/unit/runtime/pool_fixture.hpp"

namespace trainyard::runtime {
namespace {

using std::chrono::milliseconds;

TEST_F(ChildPoolTest, AnswersWhatTheTaskReturns) {
  open();
  EXPECT_EQ(run("echo", "hello").value_or(""), "hello");
}

TEST_F(ChildPoolTest, CarriesAnErrorWithAllItsFields) {
  open();
  const auto answer = run("refuse");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  EXPECT_EQ(answer.error().detail, "not a number");
  EXPECT_EQ(answer.error().field, "sales");
  EXPECT_EQ(answer.error().row, 12);
  EXPECT_EQ(answer.error().hint, "remove the text");
  EXPECT_EQ(answer.error().category, Category::data);
}

TEST_F(ChildPoolTest, RefusesAnUnknownKindByName) {
  open();
  const auto answer = run("bake");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("'bake'"), std::string::npos);
}

TEST_F(ChildPoolTest, AnExceptionFailsTheTaskAndKeepsTheChild) {
  open();
  const auto answer = run("raise_exception");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("lost its temper"), std::string::npos);
  EXPECT_TRUE(run("echo"));
}

TEST_F(ChildPoolTest, CarriesAnswersOfTenMegabytes) {
  open();
  const auto answer = run("big", "10000000");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->size(), 10'000'000u);
}

TEST_F(ChildPoolTest, CarriesRequestsOfTenMegabytes) {
  open();
  const std::string request(10'000'000, 'y');
  const auto first = submit("echo", request);
  const auto second = submit("echo", request);
  EXPECT_EQ(diary.await(first).value_or(""), request);
  EXPECT_EQ(diary.await(second).value_or(""), request);
}

TEST_F(ChildPoolTest, RefusesAnAnswerThatIsTooLarge) {
  open();
  const auto answer = run("big", "70000000");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::too_large);
  EXPECT_TRUE(run("echo"));
}

TEST_F(ChildPoolTest, RunsTenThousandTasksOnce) {
  open();
  std::vector<TaskId> ids;
  for (int i = 0; i < 10'000; ++i)
    ids.push_back(submit("echo", std::to_string(i)));
  diary.await_finished(ids.size());
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(diary.await(ids[i]).value_or(""), std::to_string(i));
  }
  EXPECT_EQ(diary.doubled(), 0);
}

TEST_F(ChildPoolTest, TheLastReportArrivesEvenWhenHeldBack) {
  open();
  const auto task = submit("report_fast");
  EXPECT_EQ(diary.await_progress(task, 1.0).step, "step 1000");
  EXPECT_EQ(diary.await_line(task), "all reported");
}

TEST_F(ChildPoolTest, CapacityIsTheChildrenWhenTasksAreLong) {
  open();
  EXPECT_EQ(pool->capacity(), 2);
  const auto first = submit("drill", "hang");
  const auto second = submit("drill", "hang");
  EXPECT_EQ(pool->capacity(), 0);
  diary.await_started(first);
  diary.await_started(second);
}

TEST_F(ChildPoolTest, CapacityGrowsWhenTasksAreShort) {
  open();
  for (int i = 0; i < 1'000; ++i)
    submit("echo");
  diary.await_finished(1'000);
  EXPECT_GT(pool->capacity(), 2);
}

TEST_F(ChildPoolTest, CancelStopsARunningTask) {
  open();
  const auto task = submit("drill", "sleep:600000");
  diary.await_started(task);
  pool->cancel(task);
  EXPECT_EQ(diary.await(task).error().code, Errc::cancelled);
}

TEST_F(ChildPoolTest, CancelKillsATaskThatDoesNotListen) {
  options.cancel_grace = milliseconds(50);
  open();
  const auto task = submit("drill", "hang");
  diary.await_started(task);
  pool->cancel(task);
  EXPECT_EQ(diary.await(task).error().code, Errc::cancelled);
  EXPECT_TRUE(run("echo"));
}

TEST_F(ChildPoolTest, KillDoesNotWaitForTheGrace) {
  options.cancel_grace = std::chrono::hours(1);
  open();
  const auto task = submit("drill", "hang");
  diary.await_started(task);
  pool->kill(task);
  EXPECT_EQ(diary.await(task).error().code, Errc::cancelled);
}

TEST_F(ChildPoolTest, CancelOfAQueuedTaskNeverBeginsIt) {
  options.children = 1;
  open();
  const auto running = submit("drill", "sleep:600000");
  const auto queued = submit("echo");
  pool->cancel(queued);
  EXPECT_EQ(diary.await(queued).error().code, Errc::cancelled);
  EXPECT_FALSE(diary.began(queued));
  pool->cancel(running);
  EXPECT_EQ(diary.await(running).error().code, Errc::cancelled);
}

TEST_F(ChildPoolTest, CancelOfAFinishedOrUnknownTaskDoesNothing) {
  open();
  const auto task = submit("echo");
  EXPECT_TRUE(diary.await(task));
  pool->cancel(task);
  pool->cancel(999'999);
  pool->kill(task);
  EXPECT_TRUE(run("echo"));
  EXPECT_EQ(diary.doubled(), 0);
}

TEST_F(ChildPoolTest, TasksBehindALongOneGoToAnotherChild) {
  open();
  for (int i = 0; i < 2'000; ++i)
    submit("echo");
  diary.await_finished(2'000);  // by now tasks are fed far ahead
  const auto stuck = submit("drill", "hang");
  for (int i = 0; i < 500; ++i)
    submit("echo");
  diary.await_finished(2'500);
  pool->kill(stuck);
  EXPECT_EQ(diary.await(stuck).error().code, Errc::cancelled);
}

TEST_F(ChildPoolTest, StoppingFinishesEveryTask) {
  open();
  for (int i = 0; i < 50; ++i)
    submit("drill", "sleep:600000");
  pool.reset();
  diary.await_finished(50);
  EXPECT_EQ(diary.doubled(), 0);
}

TEST_F(ChildPoolTest, ALeaseThatRunsOutEndsTheWork) {
  open();
  const auto task = pool->submit(
      {.kind = "drill", .payload = "hang", .lease_until = boottime_now() + milliseconds(200)});
  EXPECT_EQ(diary.await(task).error().code, Errc::lease_lost);
}

TEST_F(ChildPoolTest, ALeaseThatIsExtendedDoesNot) {
  open();
  const auto begin = boottime_now();
  const auto task = pool->submit(
      {.kind = "drill", .payload = "sleep:700", .lease_until = begin + milliseconds(400)});
  diary.await_started(task);
  pool->extend_lease(task, begin + std::chrono::hours(1));
  EXPECT_TRUE(diary.await(task));
}

TEST_F(ChildPoolTest, ALeaseThatIsOverBeginsNothing) {
  open();
  const auto task = pool->submit({.kind = "echo", .lease_until = boottime_now() - milliseconds(1)});
  EXPECT_EQ(diary.await(task).error().code, Errc::lease_lost);
  EXPECT_FALSE(diary.began(task));
}

}  // namespace
}  // namespace trainyard::runtime
