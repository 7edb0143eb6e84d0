#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "tests/support/postgres/test_schema.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

// What every JobLog promises, as tests that know the ports alone.

namespace trainyard::ports {
namespace {

struct Opened {
  std::shared_ptr<void> ground;  // what the stores live in; gone last
  std::unique_ptr<JobStore> jobs;
  std::unique_ptr<JobLog> log;
};

struct Backend {
  std::string name;
  std::function<Result<Opened>()> make;
};

Result<Opened> in_sqlite() {
  const auto folder = std::make_shared<tests::TestFolder>();
  TRY(const auto database, sqlite::open_database({.path = folder->path() / "jobs.db"}));
  return Opened{.ground = folder,
                .jobs = sqlite::make_job_store(database),
                .log = sqlite::make_job_log(database)};
}

Result<Opened> in_postgres() {
  TRY(auto made, tests::TestSchema::make());
  const auto schema = std::make_shared<tests::TestSchema>(std::move(made));
  TRY_DO(postgres::migrate(schema->uri()));
  TRY(const auto database, postgres::open_database({.uri = schema->uri()}));
  return Opened{.ground = schema,
                .jobs = postgres::make_job_store(database),
                .log = postgres::make_job_log(database)};
}

class JobLogContract : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    auto made = GetParam().make();
    if (!made && made.error().code == Errc::unavailable &&
        std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") == nullptr) {
      GTEST_SKIP() << describe(made.error());
    }
    ASSERT_TRUE(made) << describe(made.error());
    opened_ = *std::move(made);
  }

  JobId accept() {
    const domain::NewJob job{.id = JobId::make(), .user_id = "ann", .config = "{}"};
    EXPECT_TRUE(opened_.jobs->accept({&job, 1}).front());
    return job.id;
  }
  static domain::LogLine line(JobId job, int attempt, int n, std::string text) {
    return {.job_id = job,
            .seq = domain::log_seq_before(attempt) + n,
            .at = TimePoint(std::chrono::microseconds(1'769'000'000'123'456 + n)),
            .level = LineLevel::info,
            .text = std::move(text)};
  }
  void append(const std::vector<domain::LogLine>& lines) {
    const auto appended = opened_.log->append(lines);
    ASSERT_TRUE(appended) << describe(appended.error());
  }
  std::vector<std::string> texts(JobId job, const LogQuery& query = {}) {
    std::vector<std::string> texts;
    const auto page = opened_.log->read(job, query);
    EXPECT_TRUE(page) << describe(page.error());
    for (const auto& each : page.value_or(LogPage()).lines)
      texts.push_back(each.text);
    return texts;
  }
  JobStore& jobs() { return *opened_.jobs; }
  JobLog& log() { return *opened_.log; }

  using Texts = std::vector<std::string>;

 private:
  Opened opened_;
};

TEST_P(JobLogContract, KeepsWhatALineSays) {
  const auto job = accept();
  auto written = line(job, 2, 1, "fitted \"theta\" \\ in 0.2 s, größer\tx");
  written.level = LineLevel::warning;
  append({written});
  const auto page = log().read(job, {});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->lines.size(), 1u);
  const auto& read = page->lines.front();
  EXPECT_EQ(read.job_id, job);
  EXPECT_EQ(read.seq, written.seq);
  EXPECT_EQ(read.at, written.at);
  EXPECT_EQ(read.level, LineLevel::warning);
  EXPECT_EQ(read.text, written.text);
  EXPECT_EQ(attempt_of(read), 2);
  EXPECT_FALSE(page->has_more);
}

TEST_P(JobLogContract, GivesLinesOfManyJobsInOrderOfTheirNumbers) {
  const auto one = accept();
  const auto other = accept();
  append({line(one, 1, 2, "b"), line(other, 1, 1, "else"), line(one, 1, 1, "a")});
  append({line(one, 2, 1, "d"), line(one, 1, 3, "c")});
  EXPECT_EQ(texts(one), (Texts{"a", "b", "c", "d"}));
  EXPECT_EQ(texts(other), (Texts{"else"}));
  EXPECT_EQ(texts(accept()), Texts{});
}

TEST_P(JobLogContract, KeepsTheFirstOfALineThatIsWrittenTwice) {
  const auto job = accept();
  append({line(job, 1, 1, "first")});
  append({line(job, 1, 1, "again"), line(job, 1, 2, "next")});
  EXPECT_EQ(texts(job), (Texts{"first", "next"}));
}

TEST_P(JobLogContract, ReadsOnAfterALineAndTellsWhetherThereIsMore) {
  const auto job = accept();
  append({line(job, 1, 1, "a"), line(job, 1, 2, "b"), line(job, 1, 3, "c")});
  const auto first = log().read(job, {.limit = 2});
  ASSERT_TRUE(first);
  ASSERT_EQ(first->lines.size(), 2u);
  EXPECT_TRUE(first->has_more);
  const auto rest = log().read(job, {.after = first->lines.back().seq, .limit = 2});
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->lines.size(), 1u);
  EXPECT_EQ(rest->lines.front().text, "c");
  EXPECT_FALSE(rest->has_more);
}

TEST_P(JobLogContract, TellsAttemptsApart) {
  const auto job = accept();
  append({line(job, 1, 1, "first"), line(job, 2, 1, "second"), line(job, 2, 2, "more")});
  EXPECT_EQ(texts(job, {.attempt = 1}), (Texts{"first"}));
  EXPECT_EQ(texts(job, {.attempt = 2}), (Texts{"second", "more"}));
  EXPECT_EQ(texts(job, {.after = domain::log_seq_before(2) + 1, .attempt = 2}), (Texts{"more"}));
  EXPECT_EQ(texts(job, {.attempt = 3}), Texts{});
}

TEST_P(JobLogContract, DropsLinesOfAJobThatIsNotThere) {
  const auto job = accept();
  const auto stranger = JobId::make();
  append({line(stranger, 1, 1, "nobody's"), line(job, 1, 1, "somebody's")});
  EXPECT_EQ(texts(stranger), Texts{});
  EXPECT_EQ(texts(job), (Texts{"somebody's"}));
}

TEST_P(JobLogContract, GoesWithItsJob) {
  const auto job = accept();
  append({line(job, 1, 1, "a")});
  ASSERT_TRUE(jobs().remove(job));
  EXPECT_EQ(texts(job), Texts{});
}

TEST_P(JobLogContract, IsForgottenWithItsJob) {
  const auto ended = accept();
  const auto open = accept();
  append({line(ended, 1, 1, "a"), line(open, 1, 1, "b")});
  const domain::JobCommand cancel = domain::Cancel{ended};
  ASSERT_TRUE(jobs().apply({&cancel, 1}).front());
  const std::array both{ended, open};
  EXPECT_EQ(jobs().forget(milliseconds(0), both), 1);
  EXPECT_EQ(texts(ended), Texts{});
  EXPECT_EQ(texts(open), (Texts{"b"}));
}

TEST_P(JobLogContract, MakesTextStorable) {
  const auto job = accept();
  append({line(job, 1, 1, std::string("nul \0, not \xff UTF-8", 18))});
  EXPECT_EQ(texts(job), (Texts{"nul \xEF\xBF\xBD, not \xEF\xBF\xBD UTF-8"}));
}

INSTANTIATE_TEST_SUITE_P(Stores, JobLogContract,
                         ::testing::Values(Backend{"Sqlite", in_sqlite},
                                           Backend{"Postgres", in_postgres}),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace trainyard::ports
