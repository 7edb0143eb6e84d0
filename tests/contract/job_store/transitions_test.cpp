#include "tests/contract/job_store/job_store_contract.hpp"

namespace trainyard::ports {
namespace {

using domain::JobEvent;
using domain::JobStatus;

// The command that asks for `event` of this job; nullopt where no command does.
std::optional<domain::JobCommand> command_for(const domain::Job& job, JobEvent event) {
  switch (event) {
    case JobEvent::created:
    case JobEvent::progress:
      return std::nullopt;
    case JobEvent::submitted:
      return domain::Submit{job.id, domain::Entry::announced};
    case JobEvent::started:
      return claim_of(job);
    case JobEvent::requeued:
      return domain::Finish{job.id, job.fence, domain::HandedBack{}};
    case JobEvent::retrying:
      return domain::Finish{job.id, job.fence, retriable_failure(std::chrono::seconds(0))};
    case JobEvent::completed:
      return domain::Finish{job.id, job.fence, success()};
    case JobEvent::failed:
      return domain::Finish{job.id, job.fence, lasting_failure()};
    case JobEvent::cancelling:
      return domain::Cancel{job.id};
    case JobEvent::cancelled:
      if (job.lease) return domain::Finish{job.id, job.fence, domain::Stopped{}};
      return domain::Cancel{job.id};
  }
  std::unreachable();
}

TEST_P(JobStoreContract, WalksEveryCellOfTheTransitionTable) {
  for (const auto from : domain::all_statuses) {
    for (const auto event : domain::all_events) {
      const auto before = job_in(from);
      const auto command = command_for(before, event);
      if (!command) continue;
      SCOPED_TRACE(std::string(to_string(from)) + " + " + std::string(event_name(event)));
      const auto expected = domain::decide(before, *command, before.updated_at);
      const auto change = apply(*command);
      const auto after = job(before.id);
      ASSERT_EQ(change.has_value(), expected.has_value());
      if (expected) {
        EXPECT_EQ(after.status, expected->job.status);
        EXPECT_EQ(after.version, expected->job.version);
        EXPECT_EQ(after.fence, expected->job.fence);
        EXPECT_EQ(after.dispatch_no, expected->job.dispatch_no);
        EXPECT_EQ(change->unchanged, expected->unchanged);
        EXPECT_EQ(change->announce, expected->announce);
      } else {
        EXPECT_EQ(change.error().code, expected.error().code);
        EXPECT_EQ(after.status, from);
        EXPECT_EQ(after.version, before.version);
      }
      expect_sound(before.id);
    }
  }
}

TEST_P(JobStoreContract, WritesOneHistoryLinePerTransition) {
  const auto done = succeed(running_job());
  const auto history = store().history(done.id);
  ASSERT_EQ(history->size(), 4U);
  const std::array events{JobEvent::created, JobEvent::submitted, JobEvent::started,
                          JobEvent::completed};
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ((*history)[i].event, events[i]);
    EXPECT_EQ((*history)[i].version, static_cast<std::int64_t>(i + 1));
  }
  EXPECT_FALSE((*history)[0].from);
  EXPECT_EQ((*history)[3].worker_id, "worker-1");
  EXPECT_EQ((*history)[3].attempt, 1);
  EXPECT_EQ((*history)[3].fence, 1);
}

TEST_P(JobStoreContract, StoresWhatASuccessBrings) {
  const auto done = succeed(running_job());
  const auto read = job(done.id);
  EXPECT_EQ(read.metrics, success().metrics);
  EXPECT_EQ(read.artifact_uri, success().artifact_uri);
  EXPECT_EQ(read.mlflow_run_id, success().mlflow_run_id);
  EXPECT_EQ(read.progress, 100);
  EXPECT_EQ(*store().results(done.id), success().results);
}

TEST_P(JobStoreContract, StoresWhyAJobFailed) {
  const auto failed = fail_for_good(running_job());
  const auto read = job(failed.id);
  EXPECT_EQ(read.error, "the target holds text");
  EXPECT_EQ(read.error_category, Category::data);
  const auto line = store().history(failed.id)->back();
  EXPECT_EQ(line.detail, "the target holds text");
  EXPECT_EQ(line.category, Category::data);
  EXPECT_EQ(store().results(failed.id).error().code, Errc::not_found);
}

TEST_P(JobStoreContract, KeepsAnErrorWhoseTextIsBroken) {
  const auto running = running_job();
  auto failure = lasting_failure();
  failure.error.detail = std::string("byte \0 and \xFF", 12);
  applied(domain::Finish{running.id, running.fence, failure});
  EXPECT_EQ(job(running.id).error, "byte \uFFFD and \uFFFD");
}

TEST_P(JobStoreContract, RefusesOneCommandAndAppliesItsNeighbours) {
  const auto ids = accept(3);
  const auto pending = accept(new_job());
  const std::vector<domain::JobCommand> commands{claim_of(job(ids[2])), claim_of(pending),
                                                 domain::Cancel{JobId::make()},
                                                 claim_of(job(ids[0]))};
  const auto answers = store().apply(commands);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0]->job.id, ids[2]);
  EXPECT_EQ(answers[1].error().code, Errc::lease_lost);
  EXPECT_EQ(answers[2].error().code, Errc::not_found);
  EXPECT_EQ(answers[3]->job.id, ids[0]);
  EXPECT_EQ(job(ids[1]).status, JobStatus::submitting);
  EXPECT_EQ(job(pending.id).status, JobStatus::pending);
}

TEST_P(JobStoreContract, CancelsTwiceAsOnce) {
  for (const auto status : {JobStatus::pending, JobStatus::submitting, JobStatus::running}) {
    SCOPED_TRACE(to_string(status));
    const auto once = applied(domain::Cancel{job_in(status).id});
    const auto twice = apply(domain::Cancel{once.id});
    ASSERT_TRUE(twice);
    EXPECT_TRUE(twice->unchanged);
    EXPECT_EQ(twice->job.version, once.version);
    EXPECT_EQ(job(once.id).version, once.version);
  }
}

TEST_P(JobStoreContract, EndsACancelledRunWhenItsWorkHasStopped) {
  const auto cancelling = job_in(JobStatus::cancelling);
  EXPECT_TRUE(cancelling.lease);
  const auto stopped = applied(domain::Finish{cancelling.id, cancelling.fence, domain::Stopped{}});
  EXPECT_EQ(stopped.status, JobStatus::cancelled);
  EXPECT_EQ(apply(domain::Submit{stopped.id, domain::Entry::announced}).error().code,
            Errc::illegal_transition);
}

TEST_P(JobStoreContract, RetriesAFailedJobOnRequestAndKeepsItsRetryCount) {
  auto running = running_job();
  applied(domain::Finish{running.id, running.fence, retriable_failure(std::chrono::seconds(0))});
  const auto waiting = job(running.id);
  applied(domain::Admit{waiting.id, waiting.dispatch_no});
  const auto failed = fail_for_good(claim(running.id));
  EXPECT_EQ(failed.retry_count, 1);
  const auto again = applied(domain::Submit{failed.id, domain::Entry::announced});
  EXPECT_EQ(again.status, JobStatus::submitting);
  const auto read = job(failed.id);
  EXPECT_EQ(read.retry_count, 1);
  EXPECT_FALSE(read.completed_at);
  EXPECT_EQ(read.error, "");
  EXPECT_FALSE(read.error_category);
  expect_sound(failed.id);
}

TEST_P(JobStoreContract, RedrivesAFailedJobWithAnEditAndKeepsItsRetryCount) {
  const auto running = running_job();
  applied(domain::Finish{running.id, running.fence, retriable_failure(std::chrono::seconds(0))});
  admit(running.id);
  const auto failed = fail_for_good(claim(running.id));
  EXPECT_EQ(failed.retry_count, 1);
  const domain::JobSpec edited{.config = R"({"horizon":6})",
                               .cluster_config = R"({"workers":3})",
                               .segment_id = "south",
                               .model = "ets",
                               .priority = 7};
  applied(domain::Redrive{failed.id, failed.version, edited, "ada: horizon 12 -> 6",
                          domain::Entry::announced});
  const auto read = job(failed.id);
  EXPECT_EQ(read.status, JobStatus::submitting);
  EXPECT_EQ(read.config, edited.config);
  EXPECT_EQ(read.cluster_config, edited.cluster_config);
  EXPECT_EQ(read.segment_id, "south");
  EXPECT_EQ(read.model, "ets");
  EXPECT_EQ(read.priority, 7);
  EXPECT_EQ(read.retry_count, 1);
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(store().history(failed.id)->back().detail, "ada: horizon 12 -> 6");
  expect_sound(failed.id);
}

TEST_P(JobStoreContract, RefusesToRedriveWhatHasNotFailed) {
  for (const auto status : domain::all_statuses) {
    if (status == JobStatus::failed) continue;
    const auto before = job_in(status);
    const auto answer = apply(domain::Redrive{before.id, before.version, {}, "ada"});
    ASSERT_FALSE(answer) << to_string(status);
    EXPECT_EQ(answer.error().code, Errc::illegal_transition);
    EXPECT_EQ(job(before.id).version, before.version);
  }
}

TEST_P(JobStoreContract, RefusesAnEditOfAnOlderRecord) {
  const auto failed = job_in(JobStatus::failed);
  const auto edited = domain::JobSpec{.config = R"({"horizon":1})"};
  const auto stale = apply(domain::Redrive{failed.id, failed.version - 1, edited, "ada"});
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, Errc::conflict);
  EXPECT_EQ(job(failed.id).config, failed.config);
}

TEST_P(JobStoreContract, ListsFailuresByTheirCategory) {
  const auto failed = job_in(JobStatus::failed);
  job_in(JobStatus::completed);
  const auto of_data = store().list({.error_category = Category::data});
  ASSERT_EQ(of_data->jobs.size(), 1U);
  EXPECT_EQ(of_data->jobs.front().id, failed.id);
  EXPECT_EQ(of_data->total, 1);
  const auto uncounted =
      store().list({.error_category = Category::data, .total = JobFilter::Total::unknown});
  EXPECT_EQ(uncounted->jobs.size(), 1U);
  EXPECT_EQ(uncounted->total, 0);
  EXPECT_TRUE(store().list({.error_category = Category::cluster})->jobs.empty());
}

}  // namespace
}  // namespace trainyard::ports
