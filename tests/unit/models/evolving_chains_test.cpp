#include "worker/models/numeric/evolving_chains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using Draws = std::vector<std::vector<double>>;

struct Moments {
  double mean = 0.0;
  double sd = 0.0;
};

Moments moments_of(const Draws& draws, std::size_t coordinate) {
  Moments moments;
  for (const auto& draw : draws)
    moments.mean += draw[coordinate] / static_cast<double>(draws.size());
  for (const auto& draw : draws)
    moments.sd += std::pow(draw[coordinate] - moments.mean, 2) / static_cast<double>(draws.size());
  moments.sd = std::sqrt(moments.sd);
  return moments;
}

Draws drawn(const LogDensity& density, const std::vector<double>& start,
            const ChainOptions& options = {.steps = 10'000, .draws = 5'000}) {
  std::mt19937_64 random(3);
  const std::vector spread(start.size(), 1.0);
  return draw(density, start, spread, options, random, {});
}

// Two normal coordinates with correlation 0.95 and standard deviations 1 and 100.
double ridge(std::span<const double> x) {
  const double a = x[0] - 2.0;
  const double b = (x[1] + 50.0) / 100.0;
  return -0.5 * (a * a - 1.9 * a * b + b * b) / (1.0 - 0.95 * 0.95);
}

TEST(EvolvingChains, FindTheSizeAndDirectionOfARidge) {
  const auto draws = drawn(ridge, {0.0, 0.0});
  const auto first = moments_of(draws, 0);
  EXPECT_NEAR(first.mean, 2.0, 0.15);
  EXPECT_NEAR(first.sd, 1.0, 0.1);
  const auto second = moments_of(draws, 1);
  EXPECT_NEAR(second.mean, -50.0, 15.0);
  EXPECT_NEAR(second.sd, 100.0, 10.0);
  double product = 0.0;
  for (const auto& x : draws)
    product += (x[0] - first.mean) * (x[1] - second.mean) / static_cast<double>(draws.size());
  EXPECT_NEAR(product / first.sd / second.sd, 0.95, 0.02);
}

TEST(EvolvingChains, StayWhereThereIsDensity) {
  const auto half = [](std::span<const double> x) {
    return x[0] > 0.0 ? -x[0] : -std::numeric_limits<double>::infinity();
  };
  const auto draws = drawn(half, {0.5});
  for (const auto& x : draws)
    ASSERT_GT(x[0], 0.0);
  EXPECT_NEAR(moments_of(draws, 0).mean, 1.0, 0.1);
}

TEST(EvolvingChains, KeepAsManyDrawsAsAskedFor) {
  EXPECT_THAT(drawn(ridge, {0.0, 0.0}, {.steps = 101, .draws = 37}), SizeIs(37));
  EXPECT_THAT(drawn(ridge, {0.0, 0.0}, {.chains = 3, .steps = 10, .draws = 99}), SizeIs(15));
}

TEST(EvolvingChains, NoticeAStopRequest) {
  std::stop_source stop;
  int seen = 0;
  const LogDensity counted = [&](std::span<const double> x) {
    if (++seen == 20) stop.request_stop();
    return ridge(x);
  };
  std::mt19937_64 random(3);
  const std::vector<double> point{0.0, 0.0};
  EXPECT_THAT(draw(counted, point, point, {}, random, stop.get_token()), IsEmpty());
  EXPECT_LT(seen, 30);
}

}  // namespace
}  // namespace trainyard::models
