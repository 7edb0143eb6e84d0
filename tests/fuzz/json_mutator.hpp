#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace trainyard::fuzz {

// Takes the first `size` bytes of `room` for a JSON document and changes one value somewhere in it:
// to another of its kind that is at a limit, to one of another kind, to nothing, or to two of it.
// Text that holds JSON is changed inside. The new size; none, and nothing is changed, when it is no
// JSON or the room is too small.
std::optional<std::size_t> mutate_json(std::span<std::uint8_t> room, std::size_t size,
                                       std::uint32_t seed);

}  // namespace trainyard::fuzz
