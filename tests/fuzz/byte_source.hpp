#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace trainyard::fuzz {

// What a fuzzer made up, read as numbers; zeros once it is used up.
class ByteSource {
 public:
  explicit ByteSource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool is_used_up() const { return bytes_.empty(); }
  std::uint8_t byte() { return take<std::uint8_t>(); }
  // In [0, count), for counts up to 256.
  std::size_t index(std::size_t count) { return byte() % count; }
  int integer(int low, int high) { return low + byte() % (high - low + 1); }

  double any() { return take<double>(); }
  double small() { return take<std::int8_t>(); }
  // Two bytes: a whole number and a power of ten.
  double rough() {
    const double digits = small();
    return digits * std::pow(10.0, 2.4 * small());
  }

 private:
  template <class Value>
  Value take() {
    Value value{};
    const auto size = std::min(sizeof value, bytes_.size());
    std::memcpy(&value, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return value;
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace trainyard::fuzz
