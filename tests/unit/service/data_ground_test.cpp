#include "api/service/job_intake.hpp"
#include "tests/support/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace trainyard::service {
namespace {

class DataGroundTest : public ::testing::Test {
 protected:
  DataGroundTest() {
    std::filesystem::create_directories(folder_.path() / "inside");
    std::filesystem::create_directories(folder_.path() / "outside");
    std::filesystem::create_symlink(folder_.path() / "outside", folder_.path() / "inside/link");
  }

  std::optional<Errc> refusal(const std::string& path) const {
    const auto checked = check_data_path(path, ground_);
    if (checked) return std::nullopt;
    EXPECT_EQ(checked.error().field, "data_path");
    return checked.error().code;
  }
  std::string at(const std::string& path) const { return (folder_.path() / path).string(); }

  tests::TestFolder folder_;
  DataGround ground_{.roots = {folder_.path() / "inside"},
                     .buckets = {{"sales", ""}, {"lake", "eu"}}};
};

TEST_F(DataGroundTest, LetsInWhatLeadsIntoItsFoldersAndBuckets) {
  for (const auto& path : {at("inside/a.csv"), at("inside/table@v3"), at("outside/../inside/a"),
                           std::string("s3://sales/a.csv"), std::string("s3a://sales/a@v3"),
                           std::string("s3://lake/eu"), std::string("s3://lake/eu/table@v3")}) {
    EXPECT_EQ(refusal(path), std::nullopt) << path;
  }
}

TEST_F(DataGroundTest, RefusesWhatLeadsOutOfThem) {
  for (const auto& path : {at("outside/a.csv"), at("inside/../outside/a"), at("inside/link/a.csv"),
                           at("inside/link@v3"), at("inside/link"), std::string("s3://other/a.csv"),
                           std::string("s3://lake/a.csv"), std::string("s3://lake/eu-2/a"),
                           std::string("s3://lake")}) {
    EXPECT_EQ(refusal(path), Errc::forbidden) << path;
  }
}

TEST_F(DataGroundTest, RefusesAddresses) {
  for (const std::string path :
       {"http://169.254.169.254/latest", "file:///etc/passwd", "s3://", "s3://sales/../other/a",
        "s3://key:secret@host/a", "gs://sales/a.csv", "a\nb"}) {
    EXPECT_EQ(refusal(path), Errc::invalid_argument) << path;
  }
}

TEST_F(DataGroundTest, HasNoBucketsUnlessTheyAreNamed) {
  EXPECT_EQ(check_data_path("s3://sales/a.csv", {}).error().code, Errc::forbidden);
  EXPECT_TRUE(check_data_path("/anywhere/a.csv", {}));
}

}  // namespace
}  // namespace trainyard::service
