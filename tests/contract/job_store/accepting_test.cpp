#include "tests/contract/job_store/job_store_contract.hpp"

namespace trainyard::ports {
namespace {

using domain::JobEvent;
using domain::JobStatus;

TEST_P(JobStoreContract, KeepsEveryFieldOfAnAcceptedJob) {
  auto request = new_submitted();
  request.cluster_config = R"({"workers":2})";
  request.segment_id = "Zürich, \"north\" {a\\b}";
  request.model = "theta";
  request.priority = -3;
  const auto accepted = accept(request);
  const auto read = job(request.id);
  EXPECT_EQ(read.user_id, request.user_id);
  EXPECT_EQ(read.config, request.config);
  EXPECT_EQ(read.cluster_config, request.cluster_config);
  EXPECT_EQ(read.segment_id, request.segment_id);
  EXPECT_EQ(read.model, request.model);
  EXPECT_EQ(read.correlation_id, request.correlation_id);
  EXPECT_EQ(read.priority, request.priority);
  EXPECT_EQ(read.status, JobStatus::submitting);
  EXPECT_EQ(read.version, 2);
  EXPECT_EQ(read.dispatch_no, 1);
  EXPECT_EQ(read.created_at, accepted.created_at);
  EXPECT_EQ(read.submitted_at, accepted.submitted_at);
  EXPECT_EQ(read.admitted_at, accepted.admitted_at);
  EXPECT_EQ(read.current_step, accepted.current_step);
}

TEST_P(JobStoreContract, AnswersInTheOrderOfTheJobs) {
  std::vector<domain::NewJob> jobs(5);
  for (auto& each : jobs)
    each = new_job();
  std::swap(jobs[0], jobs[4]);
  const auto accepted = store().accept(jobs);
  ASSERT_EQ(accepted.size(), jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    EXPECT_EQ(accepted[i]->job.id, jobs[i].id);
}

TEST_P(JobStoreContract, LeavesAJobThatExistsAsItIs) {
  const auto request = new_job();
  accept(request);
  auto again = request;
  again.submit = true;
  again.user_id = "grace";
  const std::vector jobs{new_job(), again};
  const auto accepted = store().accept(jobs);
  ASSERT_TRUE(accepted[0]);
  EXPECT_FALSE(accepted[0]->unchanged);
  ASSERT_TRUE(accepted[1]);
  EXPECT_TRUE(accepted[1]->unchanged);
  EXPECT_EQ(accepted[1]->job.user_id, "ada");
  EXPECT_EQ(job(request.id).status, JobStatus::pending);
  EXPECT_EQ(store().history(request.id)->size(), 1U);
  EXPECT_EQ(outbox().size(), 2U);
}

TEST_P(JobStoreContract, AcceptsAnIdOnceThatASetNamesTwice) {
  const auto request = new_submitted();
  const std::vector jobs{request, request};
  const auto accepted = store().accept(jobs);
  ASSERT_TRUE(accepted[0]);
  ASSERT_TRUE(accepted[1]);
  EXPECT_TRUE(accepted[1]->unchanged);
  EXPECT_EQ(outbox().size(), 1U);
  expect_sound(request.id);
}

TEST_P(JobStoreContract, RefusesTextThatNoDatabaseKeepsAndAcceptsItsNeighbours) {
  std::vector<domain::NewJob> jobs(5);
  for (auto& each : jobs)
    each = new_submitted();
  jobs[1].segment_id = std::string("north\0south", 11);
  jobs[3].config = "{\"data_path\":\"\xC3\x28\"}";
  const auto accepted = store().accept(jobs);
  for (const std::size_t good : {0U, 2U, 4U}) {
    ASSERT_TRUE(accepted[good]);
    expect_sound(jobs[good].id);
  }
  ASSERT_FALSE(accepted[1]);
  EXPECT_EQ(accepted[1].error().code, Errc::invalid_argument);
  EXPECT_EQ(accepted[1].error().field, "segment_id");
  ASSERT_FALSE(accepted[3]);
  EXPECT_EQ(accepted[3].error().field, "config");
  EXPECT_EQ(store().get(jobs[1].id).error().code, Errc::not_found);
}

TEST_P(JobStoreContract, AcceptsASetOfThousands) {
  const auto ids = accept(3'000);
  EXPECT_EQ(store().list({})->total, 3'000);
  EXPECT_EQ(store().get_many(ids)->size(), ids.size());
}

TEST_P(JobStoreContract, RefusesAJobOfABatchThatDoesNotExist) {
  std::vector jobs{new_job(), new_job()};
  jobs[0].batch_id = BatchId::make();
  const auto accepted = store().accept(jobs);
  ASSERT_FALSE(accepted[0]);
  EXPECT_EQ(accepted[0].error().code, Errc::not_found);
  EXPECT_TRUE(accepted[1]);
}

TEST_P(JobStoreContract, AcceptsNothingFromAnEmptySet) {
  EXPECT_TRUE(store().accept({}).empty());
  EXPECT_TRUE(store().apply({}).empty());
}

TEST_P(JobStoreContract, NamesAJobThatDoesNotExist) {
  const auto id = JobId::make();
  for (const auto& error :
       {store().get(id).error(), apply(domain::Submit{id}).error(), store().remove(id).error()}) {
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_NE(error.detail.find(id.to_string()), std::string::npos);
  }
  EXPECT_EQ(store().results(id).error().code, Errc::not_found);
  EXPECT_TRUE(store().history(id)->empty());
  EXPECT_TRUE(store().get_many({&id, 1})->empty());
}

TEST_P(JobStoreContract, GivesManyJobsInTheOrderAsked) {
  auto ids = accept(4);
  std::reverse(ids.begin(), ids.end());
  ids.insert(ids.begin() + 1, JobId::make());
  const auto jobs = store().get_many(ids);
  ASSERT_EQ(jobs->size(), 4U);
  EXPECT_EQ((*jobs)[0].id, ids[0]);
  EXPECT_EQ((*jobs)[1].id, ids[2]);
  EXPECT_EQ((*jobs)[3].id, ids[4]);
}

TEST_P(JobStoreContract, DeletesOnlyWhatIsOverOrNeverBegan) {
  for (const auto status : domain::all_statuses) {
    SCOPED_TRACE(to_string(status));
    const auto record = job_in(status);
    const auto removed = store().remove(record.id);
    if (is_terminal(status) || status == JobStatus::pending) {
      ASSERT_TRUE(removed) << describe(removed.error());
      EXPECT_EQ(store().get(record.id).error().code, Errc::not_found);
      EXPECT_TRUE(store().history(record.id)->empty());
      EXPECT_EQ(store().results(record.id).error().code, Errc::not_found);
    } else {
      ASSERT_FALSE(removed);
      EXPECT_EQ(removed.error().code, Errc::illegal_transition);
      expect_sound(record.id);
    }
  }
}

TEST_P(JobStoreContract, TellsNothingMoreOfADeletedJob) {
  const auto record = accept(new_job());
  ASSERT_TRUE(store().remove(record.id));
  EXPECT_TRUE(outbox().empty());
}

TEST_P(JobStoreContract, KeepsEverythingOverAReopening) {
  const auto done = succeed(running_job());
  const auto epoch = store().epoch();
  ASSERT_TRUE(epoch);
  EXPECT_FALSE(epoch->empty());
  reopen();
  EXPECT_EQ(job(done.id).status, JobStatus::completed);
  EXPECT_EQ(*store().results(done.id), success().results);
  EXPECT_EQ(*store().epoch(), *epoch);
  EXPECT_EQ(outbox().size(), 3U);
  EXPECT_TRUE(store().ping());
}

}  // namespace
}  // namespace trainyard::ports
