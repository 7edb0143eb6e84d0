#pragma once

#include "worker/models/lsgt/lsgt_draw.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace trainyard::models {

// What comes after period `count`, sampled: row h holds a value of period count + h of each path,
// several paths of each draw, in no order. Deterministic for a seed; of no use when stopped early.
std::vector<std::vector<double>> sampled_paths(std::span<const LsgtDraw> draws, std::size_t count,
                                               int horizon, std::uint64_t seed,
                                               const std::stop_token& stop);

}  // namespace trainyard::models
