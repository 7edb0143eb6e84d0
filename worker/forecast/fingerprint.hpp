#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace trainyard::forecast {

// Names what a result depends on: two 64-bit sums in the manner of FNV-1a, multiplied by different
// primes, since a collision would mix up forecasts.
class Fingerprint {
 public:
  void add(std::uint64_t value);
  void add(double value);
  void add(std::span<const double> values);
  void add(std::string_view text);
  std::string text() const;  // 32 hexadecimal digits

 private:
  std::uint64_t first_ = 0xcbf29ce484222325ULL;
  std::uint64_t second_ = 0x2545f4914f6cdd1dULL;
};

}  // namespace trainyard::forecast
