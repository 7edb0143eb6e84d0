#include "common/base/id_source.hpp"

#include <cstring>

namespace trainyard {
namespace {

// splitmix64 (Steele, Lea & Flood, Fast splittable pseudorandom number generators, 2014).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

}  // namespace

// The time stays the seed's; 12 bits after it and the first of the random ones count.
Uuid IdSource::next() {
  auto bytes = seed_.bytes();
  std::uint64_t random = 0;
  std::memcpy(&random, bytes.data() + 8, sizeof random);
  const std::uint64_t count = made_++;
  const std::uint64_t low = mixed(random + count);
  bytes[6] = static_cast<std::uint8_t>(0x70 | ((count >> 26) & 0x0F));
  bytes[7] = static_cast<std::uint8_t>(count >> 18);
  std::memcpy(bytes.data() + 8, &low, sizeof low);
  bytes[8] = static_cast<std::uint8_t>(0x80 | ((count >> 12) & 0x3F));
  bytes[9] = static_cast<std::uint8_t>(count >> 4);
  bytes[10] = static_cast<std::uint8_t>((count << 4) | (bytes[10] & 0x0F));
  return Uuid(bytes);
}

}  // namespace trainyard
