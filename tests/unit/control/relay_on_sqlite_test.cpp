#include "api/control/outbox_relay.hpp"
#include "common/adapters/embedded_bus/embedded_bus.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"
#include "common/wire/job_events.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <unistd.h>

namespace trainyard::control {
namespace {

using embedded_bus::EmbeddedBus;

constexpr milliseconds patience{20'000};

// Store, bus and relay of one process; what is not in the file dies with it.
struct Process {
  explicit Process(const std::filesystem::path& file) {
    auto opened = sqlite::open_sqlite_store({.path = file});
    EXPECT_TRUE(opened) << describe(opened.error());
    store = std::move(*opened);
    events = *bus.subscribe({.topics = {ports::topics::job_events}, .group = std::nullopt});
    work = *bus.subscribe({.topics = {ports::topics::train_requested}, .group = "workers"});
    relay = std::make_unique<OutboxRelay>(
        log::Log(), *store, bus,
        RelayOptions{.rescan = std::chrono::hours(1), .done_linger = milliseconds(1)});
    relay->start();
  }

  std::vector<std::string> told(std::size_t count) {
    std::vector<std::string> ids;
    while (ids.size() < count) {
      const auto got = events->poll(100, patience);
      if (!got || got->empty()) break;
      for (const auto& delivery : *got) {
        ids.push_back(wire::parse_cloud_event(delivery.message.value)->id);
      }
    }
    return ids;
  }

  std::vector<ports::Delivery> announced(std::size_t count) {
    std::vector<ports::Delivery> all;
    while (all.size() < count) {
      auto got = *work->poll(100, patience);
      if (got.empty()) break;
      std::ranges::move(got, std::back_inserter(all));
    }
    return all;
  }

  bool empties_its_outbox() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!store->outbox(1)->empty()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::unique_ptr<ports::JobStore> store;
  EmbeddedBus bus{{.groups = {{ports::topics::train_requested, {"workers"}}}}};
  std::unique_ptr<ports::Subscription> events;
  std::unique_ptr<ports::Subscription> work;
  std::unique_ptr<OutboxRelay> relay;
};

class RelayOnSqlite : public ::testing::Test {
 protected:
  RelayOnSqlite() : folder_(std::filesystem::temp_directory_path() / "trainyard-relay-XXXXXX") {
    auto name = folder_.string();
    folder_ = ::mkdtemp(name.data());
  }
  ~RelayOnSqlite() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "jobs.db"; }

  static std::vector<domain::NewJob> submitted_jobs(int count) {
    std::vector<domain::NewJob> jobs;
    for (int i = 0; i < count; ++i) {
      jobs.push_back({.id = JobId::make(),
                      .user_id = "u",
                      .config = "{}",
                      .submit = true,
                      .entry = domain::Entry::announced});
    }
    return jobs;
  }

 private:
  std::filesystem::path folder_;
};

Result<domain::JobChange> claim(ports::JobStore& store, JobId job) {
  const domain::JobCommand command =
      domain::Claim{job, 1, "w-1", ClaimToken::make(), std::chrono::minutes(1)};
  return std::move(store.apply(std::array{command}).at(0));
}

TEST_F(RelayOnSqlite, TellsALifeInOrderAndLeavesNothingBehind) {
  Process process(file());
  const auto jobs = submitted_jobs(50);
  process.store->accept(jobs);
  const auto announced = process.announced(50);
  ASSERT_EQ(announced.size(), 50u);
  for (const auto& delivery : announced) {
    const auto request = wire::parse_train_requested(delivery.message.value)->request;
    const auto claimed = claim(*process.store, request.job_id);
    ASSERT_TRUE(claimed) << describe(claimed.error());
    process.work->done(std::array{delivery.position});
    const domain::JobCommand finish =
        domain::Finish{request.job_id, claimed->job.fence, domain::Succeeded{.results = "{}"}};
    ASSERT_TRUE(process.store->apply(std::array{finish}).at(0));
  }
  std::map<std::string, int> last;
  for (const auto& id : process.told(200)) {
    const auto version = std::stoi(id.substr(37));
    EXPECT_EQ(version, ++last[id.substr(0, 36)]) << "created, submitted, started, completed";
  }
  EXPECT_EQ(last.size(), 50u);
  EXPECT_TRUE(process.empties_its_outbox());
}

TEST_F(RelayOnSqlite, TellsAgainInOrderWhatACrashLeftUnfinished) {
  const auto jobs = submitted_jobs(3);
  const auto claimed_id = jobs[0].id;
  {
    Process process(file());
    process.store->accept(jobs);
    EXPECT_EQ(process.told(6).size(), 6u);
    const auto announced = process.announced(3);
    ASSERT_EQ(announced.size(), 3u);
    ASSERT_TRUE(claim(*process.store, claimed_id));  // and dies before done()
  }
  Process heir(file());
  std::map<std::string, int> last;
  for (const auto& id : heir.told(6)) {
    const auto version = std::stoi(id.substr(37));
    EXPECT_GT(version, last[id.substr(0, 36)]);
    last[id.substr(0, 36)] = version;
  }
  const auto again = heir.announced(3);
  ASSERT_EQ(again.size(), 3u);
  std::vector<ports::Position> positions;
  for (const auto& delivery : again)
    positions.push_back(delivery.position);
  heir.work->done(positions);
  EXPECT_TRUE(heir.empties_its_outbox());
}

TEST_F(RelayOnSqlite, KeepsABacklogBeyondItsWindowOnDisk) {
  Process process(file());
  constexpr std::size_t count = 3'000;  // the window announces 1,000 at a time
  for (int i = 0; i < 3; ++i)
    process.store->accept(submitted_jobs(1'000));
  EXPECT_EQ(process.told(2 * count).size(), 2 * count);
  const auto first = process.announced(1'000);
  EXPECT_EQ(first.size(), 1'000u);
  EXPECT_TRUE(process.work->poll(1, milliseconds(0))->empty());
  std::size_t finished = 0;
  auto round = first;
  while (finished < count) {
    std::vector<ports::Position> positions;
    for (const auto& delivery : round)
      positions.push_back(delivery.position);
    process.work->done(positions);
    finished += round.size();
    if (finished < count) round = process.announced(1);
    if (round.empty()) break;
  }
  EXPECT_EQ(finished, count);
  EXPECT_TRUE(process.empties_its_outbox());
}

}  // namespace
}  // namespace trainyard::control
