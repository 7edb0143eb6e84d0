#include "worker/models/numeric/evolving_chains.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::models {
namespace {

using Point = std::vector<double>;

class EvolvingChains {
 public:
  EvolvingChains(const LogDensity& density, std::span<const double> start,
                 std::span<const double> spread, std::mt19937_64& random)
      : density_(density), spread_(spread), random_(random), proposal_(start.size()) {
    for (std::size_t i = 0; i < 10 * start.size(); ++i)
      past_.push_back(scattered(start, 1.0));
  }

  // A chain that finds no density begins at the start itself.
  void begin(std::span<const double> start, int chains) {
    constexpr double near = 0.3;
    for (int i = 0; i < chains; ++i) {
      Chain chain{.at = scattered(start, near)};
      chain.density = density_(chain.at);
      if (!std::isfinite(chain.density)) {
        chain.at.assign(start.begin(), start.end());
        chain.density = density_(chain.at);
      }
      chains_.push_back(std::move(chain));
    }
  }

  void step() {
    for (auto& chain : chains_) {
      propose(chain.at);
      const double density = density_(proposal_);
      if (std::log(share()) < density - chain.density) chain = {proposal_, density};
    }
  }

  void remember() {
    for (const auto& chain : chains_)
      past_.push_back(chain.at);
  }

  // What the chains saw before they found their place is of no use for steps.
  void forget_half() {
    past_.erase(past_.begin(), past_.begin() + static_cast<std::ptrdiff_t>(past_.size() / 2));
  }

  const Point& of_chain(std::size_t index) const { return chains_[index].at; }

 private:
  struct Chain {
    Point at;
    double density = -std::numeric_limits<double>::infinity();
  };

  // In (0, 1).
  double share() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1.0p-53; }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(share() * static_cast<double>(count));
  }

  Point scattered(std::span<const double> start, double by) {
    Point point(start.begin(), start.end());
    for (std::size_t j = 0; j < point.size(); ++j)
      point[j] += by * spread_[j] * normal_(random_);
    return point;
  }

  // Now and then a full difference, which leads from one mode to another.
  void propose(const Point& from) {
    constexpr double full = 0.1;
    constexpr double jitter = 1e-4;
    const auto first = below(past_.size());
    auto second = below(past_.size() - 1);
    if (second >= first) ++second;
    const double portion = static_cast<double>(1 + below(3)) / 3.0;
    const auto always = below(from.size());
    std::size_t changed = 0;
    moves_.clear();
    for (std::size_t j = 0; j < from.size(); ++j) {
      moves_.push_back(j == always || share() < portion);
      if (moves_.back()) ++changed;
    }
    const double length =
        share() < full ? 1.0 : 2.38 / std::sqrt(2.0 * static_cast<double>(changed));
    for (std::size_t j = 0; j < from.size(); ++j) {
      proposal_[j] = from[j];
      if (!moves_[j]) continue;
      const double varied = length * (0.9 + 0.2 * share());
      proposal_[j] +=
          varied * (past_[first][j] - past_[second][j]) + jitter * spread_[j] * normal_(random_);
    }
  }

  const LogDensity& density_;
  std::span<const double> spread_;
  std::mt19937_64& random_;
  std::normal_distribution<double> normal_;
  std::vector<Point> past_;
  std::vector<Chain> chains_;
  Point proposal_;
  std::vector<bool> moves_;
};

}  // namespace

std::vector<std::vector<double>> draw(const LogDensity& density, std::span<const double> start,
                                      std::span<const double> spread, const ChainOptions& options,
                                      std::mt19937_64& random, const std::stop_token& stop) {
  constexpr int between_memories = 5;
  EvolvingChains chains(density, start, spread, random);
  chains.begin(start, options.chains);
  std::vector<Point> draws;
  const int burn_in = options.steps / 2;
  const int kept = std::min(options.draws, (options.steps - burn_in) * options.chains);
  for (int step = 0; step < options.steps && !stop.stop_requested(); ++step) {
    chains.step();
    if (step % between_memories == 0) chains.remember();
    if (step == burn_in / 2) chains.forget_half();
    if (step < burn_in) continue;
    for (int i = 0; i < options.chains; ++i) {
      const int seen = (step - burn_in) * options.chains + i + 1;
      const int due = seen * kept / ((options.steps - burn_in) * options.chains);
      if (static_cast<int>(draws.size()) < due)
        draws.push_back(chains.of_chain(static_cast<std::size_t>(i)));
    }
  }
  return draws;
}

}  // namespace trainyard::models
