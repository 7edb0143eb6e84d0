#include "worker/executors/clean_line.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace trainyard::executors {
namespace {

const std::vector<Secret> secrets{Secret("hunter2-hunter2"), Secret("abc"), Secret()};

TEST(CleanLine, LeavesWhatIsFineAsItIs) {
  const std::string line = "größe: 5 → 7 (http://host:80/path, a@b)";
  EXPECT_EQ(clean_line(line, secrets), line);
}

TEST(CleanLine, HidesSecretsWhereverTheyStand) {
  EXPECT_EQ(clean_line("key=hunter2-hunter2;again hunter2-hunter2", secrets), "key=***;again ***");
}

TEST(CleanLine, HidesPasswordsOfUrls) {
  EXPECT_EQ(clean_line("open postgresql://ann:s3cr@t@db:5432/jobs and s3://key:word@store/x", {}),
            "open postgresql://ann:***@db:5432/jobs and s3://key:***@store/x");
}

TEST(CleanLine, TakesWhatIsTooShortToBeASecretForText) {
  EXPECT_EQ(clean_line("abc", secrets), "abc");
}

TEST(CleanLine, MakesBytesThatAreNoTextHarmless) {
  EXPECT_EQ(clean_line("a\xff\x1b[31mred\tb", {}), "a\xEF\xBF\xBD [31mred b");
}

}  // namespace
}  // namespace trainyard::executors
