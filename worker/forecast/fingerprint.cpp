#include "worker/forecast/fingerprint.hpp"

#include <fmt/format.h>

#include <bit>

namespace trainyard::forecast {

void Fingerprint::add(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 32) {
    const auto half = (value >> shift) & 0xffff'ffffU;
    first_ = (first_ ^ half) * 0x100000001b3ULL;
    second_ = std::rotl(second_ ^ half, 27) * 0x9e3779b97f4a7c15ULL;
  }
}

void Fingerprint::add(double value) {
  add(std::bit_cast<std::uint64_t>(value));
}

void Fingerprint::add(std::span<const double> values) {
  add(static_cast<std::uint64_t>(values.size()));
  for (const double value : values)
    add(value);
}

void Fingerprint::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  for (const char c : text)
    add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
}

std::string Fingerprint::text() const {
  return fmt::format("{:016x}{:016x}", first_, second_);
}

}  // namespace trainyard::forecast
