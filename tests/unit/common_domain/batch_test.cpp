#include "common/domain/batch.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

BatchCounts counts_of(std::initializer_list<JobStatus> jobs) {
  BatchCounts counts;
  for (const auto status : jobs)
    counts.add(status, 1, 40);
  return counts;
}

TEST(BatchStatus, IsRunningWhileAJobIsOpen) {
  for (const auto open :
       {JobStatus::pending, JobStatus::submitting, JobStatus::running, JobStatus::cancelling}) {
    EXPECT_EQ(status_of(counts_of({JobStatus::completed, open})), BatchStatus::running);
  }
}

TEST(BatchStatus, IsKnownByItsName) {
  for (const auto status : all_batch_statuses)
    EXPECT_EQ(batch_status_from(to_string(status)), status);
  EXPECT_FALSE(batch_status_from("pending"));
}

TEST(BatchStatus, TellsHowItEnded) {
  using enum JobStatus;
  EXPECT_EQ(status_of(counts_of({completed, completed})), BatchStatus::completed);
  EXPECT_EQ(status_of(counts_of({completed, failed})), BatchStatus::partial);
  EXPECT_EQ(status_of(counts_of({completed, cancelled})), BatchStatus::partial);
  EXPECT_EQ(status_of(counts_of({failed, cancelled})), BatchStatus::failed);
  EXPECT_EQ(status_of(counts_of({cancelled, cancelled})), BatchStatus::cancelled);
}

TEST(BatchStatus, ReachesHundredPercentOnlyAtTheEnd) {
  using enum JobStatus;
  EXPECT_EQ(progress_of(counts_of({completed, failed})), 100);
  EXPECT_EQ(progress_of(counts_of({completed, running})), 70);
  BatchCounts almost;
  almost.add(completed, 999, 0);
  almost.add(running, 1, 99);
  EXPECT_EQ(progress_of(almost), 99);
}

}  // namespace
}  // namespace trainyard::domain
