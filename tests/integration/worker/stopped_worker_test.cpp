#include "common/adapters/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trainyard {
namespace {

using domain::JobStatus;

// A worker process on a database file of its own.
class StoppedWorker : public testing::Test {
 protected:
  std::filesystem::path directory;
  std::unique_ptr<ports::JobStore> store;
  pid_t worker = 0;

  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "trainyard-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory = name;
    auto opened = sqlite::open_sqlite_store({.path = directory / "jobs.db"});
    ASSERT_TRUE(opened);
    store = std::move(*opened);
  }
  void TearDown() override {
    if (worker > 0) {
      ::kill(worker, SIGCONT);
      ::kill(worker, SIGKILL);
      ::waitpid(worker, nullptr, 0);
    }
    store.reset();
    std::filesystem::remove_all(directory);
  }
  void start_worker(std::string lease_ms) {
    std::string command = TRAINYARD_TEST_WORKER;
    std::string database = directory / "jobs.db";
    char* arguments[] = {command.data(), database.data(), lease_ms.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&worker, command.c_str(), nullptr, nullptr, arguments, environ), 0);
  }
  // The database is another process's: there is nothing to be woken by.
  domain::Job await(JobId id, auto holds) {
    while (true) {
      const auto job = store->get(id);
      if (job && holds(*job)) return *job;
      std::this_thread::yield();
    }
  }
  domain::JobChange apply(domain::JobCommand command) {
    const auto applied = store->apply({&command, 1}).front();
    EXPECT_TRUE(applied) << describe(applied.error());
    return applied.value_or(domain::JobChange());
  }
};

TEST_F(StoppedWorker, ChangesNothingOnceItsLeaseIsOver) {
  const domain::NewJob job{.id = JobId::make(),
                           .config = R"({"drill":"sleep:400"})",
                           .submit = true,
                           .entry = domain::Entry::announced};
  ASSERT_TRUE(store->accept({&job, 1}).front());
  start_worker("600");
  const auto begun =
      await(job.id, [](const auto& each) { return each.status == JobStatus::running; });
  ASSERT_EQ(::kill(worker, SIGSTOP), 0);

  // Its child ends the work meanwhile; the answer waits in the socket of the stopped worker.
  while (store->expired_leases(1).value().empty())
    std::this_thread::yield();
  const auto expired = store->expired_leases(1).value().front();
  const auto rescued =
      apply(domain::Rescue{.job_id = job.id, .fence = expired.fence, .renewals = expired.renewals});
  EXPECT_EQ(expired.fence, begun.fence);
  const auto admitted =
      apply(domain::Admit{.job_id = job.id, .dispatch_no = rescued.job.dispatch_no});
  const auto claimed = apply(domain::Claim{.job_id = job.id,
                                           .dispatch_no = admitted.job.dispatch_no,
                                           .worker_id = "another",
                                           .token = ClaimToken::make(),
                                           .lease = std::chrono::hours(1)});

  ASSERT_EQ(::kill(worker, SIGCONT), 0);
  // It is awake and well when it takes the next job; by then it has said what it had to say.
  const domain::NewJob next{.id = JobId::make(),
                            .config = R"({"drill":"noop"})",
                            .submit = true,
                            .entry = domain::Entry::announced};
  ASSERT_TRUE(store->accept({&next, 1}).front());
  await(next.id, [](const auto& each) { return each.status == JobStatus::completed; });
  ::kill(worker, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(worker, &status, 0), worker);
  worker = 0;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

  const auto now = store->get(job.id).value();
  EXPECT_EQ(now.version, claimed.job.version);
  EXPECT_EQ(now.status, JobStatus::running);
  EXPECT_EQ(now.lease->worker_id, "another");
  EXPECT_FALSE(store->results(job.id));
}

}  // namespace
}  // namespace trainyard
