#include "tests/unit/models/sample_series.hpp"

#include <cmath>
#include <random>

namespace trainyard::models {

using namespace std::chrono_literals;

Series SampleSeries::view() const {
  return {.y = y,
          .start = std::chrono::sys_days(2001y / 1 / 1 + std::chrono::months(first_period)),
          .frequency = {.period = domain::Period::month, .count = 1},
          .season_length = season_length};
}

SampleSeries air_passengers() {
  return {.name = "air_passengers",
          .y =
              {
                  112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135,
                  125, 149, 170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199,
                  184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
                  196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227,
                  234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347,
                  312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
                  315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348,
                  363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472, 548, 559,
                  463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
              },
          .season_length = 12};
}

SampleSeries synthetic(std::size_t length, int season_length) {
  std::mt19937_64 random(7);
  SampleSeries series{.name = "synthetic", .season_length = season_length};
  for (std::size_t t = 0; t < length; ++t) {
    const double noise = static_cast<double>(random() >> 11) * 0x1.0p-53 - 0.5;
    const double angle = 6.283185307 * static_cast<double>(t) / season_length;
    series.y.push_back(200.0 + 0.5 * static_cast<double>(t) + 30.0 * std::sin(angle) +
                       20.0 * noise);
  }
  return series;
}

std::vector<SampleSeries> awkward_series() {
  constexpr std::size_t length = 60;
  std::vector<SampleSeries> all;
  const auto add = [&](std::string name, auto value_at) {
    SampleSeries series{.name = std::move(name), .season_length = 12};
    for (std::size_t t = 0; t < length; ++t)
      series.y.push_back(value_at(static_cast<double>(t)));
    all.push_back(std::move(series));
  };
  const auto noisy = synthetic(length, 12).y;
  const auto noise = [&](double t) { return noisy[static_cast<std::size_t>(t)]; };
  add("zeros", [](double) { return 0.0; });
  add("constant", [](double) { return 7.5; });
  add("negative constant", [](double) { return -3.0; });
  add("line", [](double t) { return 3.0 + 2.0 * t; });
  add("perfect season", [](double t) { return 1.0 + std::fmod(t, 12.0); });
  add("step", [](double t) { return t < 30 ? 1.0 : 1000.0; });
  add("spike", [](double t) { return t == 40 ? 1e6 : 1.0; });
  add("zero but for one", [](double t) { return t == 40 ? 1.0 : 0.0; });
  add("intermittent", [](double t) { return std::fmod(t, 7.0) == 0.0 ? 5.0 : 0.0; });
  add("negatives", [&](double t) { return noise(t) - 230.0; });
  add("huge", [&](double t) { return noise(t) * 1e300; });
  add("huge and alternating",
      [](double t) { return std::fmod(t, 2.0) == 0.0 ? 1.7e308 : -1.7e308; });
  add("tiny", [&](double t) { return noise(t) * 1e-300; });
  add("denormal", [](double t) { return (1.0 + std::fmod(t, 5.0)) * 5e-324; });
  add("exponential", [](double t) { return std::exp(t); });
  add("nearly constant", [](double t) { return 1e9 + std::fmod(t, 2.0) * 1e-6; });
  add("falling to zero", [](double t) { return 1e-12 + std::exp(-t); });
  return all;
}

}  // namespace trainyard::models
