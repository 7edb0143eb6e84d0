#include "common/config/load_settings.hpp"

#include "common/config/setting_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace trainyard::config {
namespace {

using testing::HasSubstr;

class LoadSettings : public testing::Test {
 protected:
  std::filesystem::path write_file(std::string_view text) {
    const auto path =
        std::filesystem::path(testing::TempDir()) /
        (testing::UnitTest::GetInstance()->current_test_info()->name() + std::string(".toml"));
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(LoadSettings, StartsFromTheDefaults) {
  const auto loaded = load_settings({});
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_EQ(loaded.settings.http.port, 8080);
  EXPECT_EQ(loaded.settings.sqlite_path(), "trainyard-data/jobs.db");
}

TEST_F(LoadSettings, LetsFlagsWinOverEnvironmentOverFile) {
  const auto file = write_file("[http]\nport = 1\n[worker]\nchildren = 1\n[log]\nlevel = 'warn'\n");
  const auto loaded = load_settings(
      {.file = file,
       .environment = {{"TRAINYARD_HTTP_PORT", "2"}, {"TRAINYARD_WORKER_CHILDREN", "2"}},
       .flags = {{"http.port", "3"}}});
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_EQ(loaded.settings.http.port, 3);
  EXPECT_EQ(loaded.settings.worker.children, 2);
  EXPECT_EQ(loaded.settings.log_level, log::Level::warn);
}

TEST_F(LoadSettings, KeepsTheOlderNamesOfVariablesWorking) {
  const auto loaded = load_settings(
      {.environment = {
           {"SQLITE_PATH", "/tmp/x.db"}, {"MAX_JOB_RETRIES", "7"}, {"RETRY_DELAY_SECONDS", "1"}}});
  EXPECT_EQ(loaded.settings.sqlite_path(), "/tmp/x.db");
  EXPECT_EQ(loaded.settings.job.retries_max, 7);
  EXPECT_EQ(loaded.settings.job.retry_delay, std::chrono::seconds(1));
}

TEST_F(LoadSettings, TakesWhatOtherToolsCallTheSettingsOfS3) {
  const auto loaded =
      load_settings({.environment = {{"ARTIFACT_URI", "s3://models/here/"},
                                     {"TRAINYARD_DATA_BUCKETS", "s3://a-b,s3a://lake/eu"},
                                     {"S3_ENDPOINT", "http://localhost:9000"},
                                     {"AWS_REGION", "eu-central-1"},
                                     {"AWS_ACCESS_KEY_ID", "key"},
                                     {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                                     {"AWS_SESSION_TOKEN", "hunter3"}}});
  EXPECT_TRUE(loaded.problems.empty());
  const auto& s3 = loaded.settings.s3;
  EXPECT_EQ(s3.artifacts->uri(), "s3://models/here");
  ASSERT_EQ(s3.data.size(), 2U);
  EXPECT_EQ(s3.data[1].uri(), "s3://lake/eu");
  EXPECT_EQ(s3.endpoint, "http://localhost:9000");
  EXPECT_EQ(s3.region, "eu-central-1");
  EXPECT_EQ(s3.access_key_id, "key");
  EXPECT_EQ(s3.secret_access_key.reveal(), "hunter2");
  EXPECT_THAT(print_settings(loaded.settings), Not(HasSubstr("hunter")));
  const auto wrong = load_settings(
      {.environment = {{"ARTIFACT_URI", "/data"}, {"TRAINYARD_DATA_BUCKETS", "lake"}}});
  ASSERT_EQ(wrong.problems.size(), 2U);
  EXPECT_THAT(describe(wrong.problems[0]), HasSubstr("expected s3://bucket"));
}

TEST_F(LoadSettings, ReportsEveryProblemAndNamesIts) {
  const auto file = write_file("[http]\nprot = 1\nhost = 1.5\n");
  const auto loaded = load_settings({.file = file,
                                     .environment = {{"TRAINYARD_HTTP_PORT", "70000"},
                                                     {"TRAINYARD_HTPT_PORT", "1"},
                                                     {"STATE_STORE_TYPE", "postgres"}}});
  std::string all;
  for (const auto& problem : loaded.problems)
    all += describe(problem) + "\n";
  EXPECT_THAT(all, HasSubstr("http.prot: no setting has this name"));
  EXPECT_THAT(all, HasSubstr("TRAINYARD_HTTP_PORT: '70000' is not 0 to 65535"));
  EXPECT_THAT(all, HasSubstr("TRAINYARD_HTPT_PORT: no setting has this variable"));
  EXPECT_THAT(all, HasSubstr("store.postgres_uri: it is needed"));
}

TEST_F(LoadSettings, NamesTheLineOfABrokenFile) {
  const auto loaded = load_settings({.file = write_file("[http]\nport = \n")});
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_THAT(loaded.problems.front().field, HasSubstr(".toml:2"));
}

TEST_F(LoadSettings, PrintsEverySettingButNoSecret) {
  Settings settings;
  settings.store.postgres_uri = Secret("postgresql://u:hunter2@h/d");
  const auto text = print_settings(settings);
  for (const auto& setting : setting_table())
    EXPECT_THAT(text, HasSubstr(std::string(setting.key)));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST_F(LoadSettings, TakesBackWhatItPrints) {
  for (const auto& setting : setting_table()) {
    Settings settings;
    const auto shown = setting.show(settings);
    if (shown.empty()) continue;
    EXPECT_TRUE(setting.set(settings, shown)) << setting.key;
    EXPECT_EQ(setting.show(settings), shown);
  }
}

}  // namespace
}  // namespace trainyard::config
