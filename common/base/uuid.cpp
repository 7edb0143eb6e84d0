#include "common/base/uuid.hpp"

#include "common/base/invariant.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <sys/random.h>

namespace trainyard {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Random bytes come from the kernel in blocks: one system call serves 256 ids.
void fill_random(std::uint8_t* out, std::size_t size) {
  static std::mutex mutex;
  static std::array<std::uint8_t, 2560> pool;
  static std::size_t used = pool.size();
  const std::lock_guard lock(mutex);
  if (used + size > pool.size()) {
    for (std::size_t filled = 0; filled < pool.size();) {
      const auto got = getrandom(pool.data() + filled, pool.size() - filled, 0);
      invariant(got > 0, "the kernel gives random bytes");
      filled += static_cast<std::size_t>(got);
    }
    used = 0;
  }
  std::memcpy(out, pool.data() + used, size);
  used += size;
}

// Time in 1/4096 ms, and never the same twice: ids of one process sort in the order they were made
// in (RFC 9562, section 6.2, method 3), so a listing by id is a listing by age.
std::uint64_t next_tick() {
  static std::atomic<std::uint64_t> last{0};
  const auto micros =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  const std::uint64_t now = (micros / 1'000 << 12) | ((micros % 1'000) * 4096 / 1'000);
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    tick = std::max(now, before + 1);
  } while (!last.compare_exchange_weak(before, tick, std::memory_order_relaxed));
  return tick;
}

constexpr bool is_dash_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

Uuid Uuid::make_v7() {
  const std::uint64_t tick = next_tick();
  Bytes bytes;
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(tick >> (52 - 8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>(((tick >> 8) & 0x0F) | 0x70);
  bytes[7] = static_cast<std::uint8_t>(tick);
  fill_random(bytes.data() + 8, 8);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return Uuid(bytes);
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Bytes bytes{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = digit_value(text[i]);
    if (value < 0) return std::nullopt;
    bytes[nibble / 2] = static_cast<std::uint8_t>((bytes[nibble / 2] << 4) | value);
    ++nibble;
  }
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  std::string text(36, '-');
  std::size_t at = 0;
  for (const auto byte : bytes_) {
    if (is_dash_position(at)) ++at;
    text[at++] = hex[byte >> 4];
    text[at++] = hex[byte & 0x0F];
  }
  return text;
}

}  // namespace trainyard

std::size_t std::hash<trainyard::Uuid>::operator()(const trainyard::Uuid& id) const noexcept {
  std::uint64_t low = 0;
  std::memcpy(&low, id.bytes().data() + 8, sizeof low);
  return low;  // the random half
}
