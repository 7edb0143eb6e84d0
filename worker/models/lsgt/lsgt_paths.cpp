#include "worker/models/lsgt/lsgt_paths.hpp"

#include <random>

namespace trainyard::models {
namespace {

// Growth in proportion to the level has no bound, futures of a thousand steps have one.
constexpr double furthest = 1e6;

double bounded(double value) {
  return std::isnan(value) ? 0.0 : std::clamp(value, -furthest, furthest);
}

// One path after the draw's last observation. A season by ratios is of positive values.
void follow(const LsgtDraw& draw, std::size_t count, std::span<const double> noise,
            std::vector<std::vector<double>>& into) {
  const auto& p = draw.parameters;
  const bool is_positive = !draw.season.empty();
  auto state = draw.now;
  for (std::size_t h = 0; h < into.size(); ++h) {
    const auto said = next_step(p, state);
    const double season = is_positive ? draw.season[(count + h) % draw.season.size()] : 1.0;
    double y = bounded(said.mean * season + said.error * noise[h]);
    if (is_positive) y = std::max(y, 0.0);
    into[h].push_back(y);
    advance(p, state, y / season);
  }
}

}  // namespace

std::vector<std::vector<double>> sampled_paths(std::span<const LsgtDraw> draws, std::size_t count,
                                               int horizon, std::uint64_t seed,
                                               const std::stop_token& stop) {
  constexpr int pairs = 3;  // of a path and its mirror image, of each draw
  std::mt19937_64 random(seed);
  std::vector<std::vector<double>> paths(static_cast<std::size_t>(horizon));
  std::vector<double> noise(paths.size());
  for (const auto& draw : draws) {
    if (stop.stop_requested()) break;
    std::student_t_distribution<double> errors(draw.parameters.freedom);
    for (int pair = 0; pair < pairs; ++pair) {
      for (double& value : noise)
        value = errors(random);
      follow(draw, count, noise, paths);
      for (double& value : noise)
        value = -value;
      follow(draw, count, noise, paths);
    }
  }
  return paths;
}

}  // namespace trainyard::models
