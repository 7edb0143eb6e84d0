#include "common/domain/bucket_path.hpp"

#include <gtest/gtest.h>

namespace trainyard::domain {
namespace {

TEST(BucketPath, IsReadFromWhatPeopleAndSparkWrite) {
  for (const auto* text : {"s3://sales/year=2024/a b.csv", "s3a://sales/year=2024/a b.csv"}) {
    const auto path = parse_bucket_path(text);
    ASSERT_TRUE(path) << text;
    EXPECT_EQ(path->bucket, "sales");
    EXPECT_EQ(path->key, "year=2024/a b.csv");
    EXPECT_EQ(path->uri(), "s3://sales/year=2024/a b.csv");
  }
  EXPECT_EQ(parse_bucket_path("s3://sales")->key, "");
  EXPECT_EQ(parse_bucket_path("s3://sales/table/")->key, "table");
  EXPECT_EQ((*parse_bucket_path("s3://sales/") / "a").key, "a");
  EXPECT_EQ((*parse_bucket_path("s3://sales/table/") / "a").key, "table/a");
}

TEST(BucketPath, RefusesWhatWouldMeanSomethingElseOnTheWay) {
  for (const auto* text :
       {"", "/data/a.csv", "http://sales/a", "s3:/sales/a", "s3://", "s3:///a", "s3://..", "s3://a",
        "s3://sales/../other/a", "s3://sales/./a", "s3://sales//a", "s3://user:word@host/a",
        "s3://sales/a\nb", "s3://sales?x/a", "S3://sales/a"}) {
    const auto path = parse_bucket_path(text);
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, Errc::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace trainyard::domain
