#include "api/control/fit_sweeper.hpp"

#include "common/adapters/filesystem/directory_artifact_store.hpp"
#include "common/wire/training_task.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <unistd.h>

namespace trainyard::control {
namespace {

// Tells when a folder has been removed from the store below.
class ToldStore final : public ports::ArtifactStore {
 public:
  explicit ToldStore(std::unique_ptr<ports::ArtifactStore> inner) : inner_(std::move(inner)) {}

  Result<std::string> put(std::string_view name, std::string_view bytes) override {
    return inner_->put(name, bytes);
  }
  Result<std::string> get(std::string_view name) override { return inner_->get(name); }
  Result<void> remove_all(std::string_view prefix) override {
    auto done = inner_->remove_all(prefix);
    removed.set_value();
    return done;
  }

  std::promise<void> removed;

 private:
  std::unique_ptr<ports::ArtifactStore> inner_;
};

TEST(FitSweeper, RemovesTheFitsOfAnEndedBatchAlone) {
  auto pattern = (std::filesystem::temp_directory_path() / "trainyard-fits-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto store = std::make_shared<ToldStore>(filesystem::open_artifact_store(folder));
  const auto ended = BatchId::make();
  const auto open = BatchId::make();
  for (const auto batch : {ended, open})
    ASSERT_TRUE(store->put(wire::fits_folder(batch) + "/key", "fit"));
  FitSweeper sweeper({}, store);
  sweeper.start();
  sweeper.batch_ended(ended);
  store->removed.get_future().wait();
  EXPECT_EQ(store->get(wire::fits_folder(ended) + "/key").error().code, Errc::not_found);
  EXPECT_TRUE(store->get(wire::fits_folder(open) + "/key"));
  sweeper.stop();
  std::filesystem::remove_all(folder);
}

TEST(FitSweeper, RemovesWhatALongJobOfItsOwnKeptForItsNextAttempt) {
  auto pattern = (std::filesystem::temp_directory_path() / "trainyard-fits-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto store = std::make_shared<ToldStore>(filesystem::open_artifact_store(folder));
  const auto job_that_took = [](std::chrono::seconds time) {
    domain::Job job{.id = JobId::make(), .status = domain::JobStatus::failed};
    job.started_at = TimePoint(std::chrono::hours(1));
    job.completed_at = *job.started_at + time;
    return job;
  };
  const auto brief = job_that_took(std::chrono::seconds(1));
  const auto job = job_that_took(std::chrono::seconds(60));
  for (const auto& each : {brief, job})
    ASSERT_TRUE(store->put(wire::fits_folder(each.id) + "/key", "fit"));
  FitSweeper sweeper({}, store);
  sweeper.start();
  sweeper.job_ended(brief);
  sweeper.job_ended(job);
  store->removed.get_future().wait();
  EXPECT_EQ(store->get(wire::fits_folder(job.id) + "/key").error().code, Errc::not_found);
  EXPECT_TRUE(store->get(wire::fits_folder(brief.id) + "/key")) << "it cannot have kept any";
  sweeper.stop();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace trainyard::control
