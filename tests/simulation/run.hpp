#pragma once

#include "tests/simulation/faulty_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trainyard::simulation {

// One run: a few users send jobs to a small fleet whose every part fails for a while; then all is
// well again, and the run goes on until nothing is open. Returns what went wrong: a job that was
// accepted and has no end, or more than one; an end that was not its holder's; a limit that was
// overrun; a change that was never told, or told out of order.
std::vector<std::string> run(std::uint64_t seed, Mutation mutation = Mutation::none);

}  // namespace trainyard::simulation
