#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard {

// 128-bit identifier. New ones are version 7 (RFC 9562): ordered by the millisecond they were made
// in, which keeps index inserts at the right-hand edge. Making them is thread-safe.
class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  Uuid() = default;
  explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

  static Uuid make_v7();
  // Accepts the canonical 36-character form, upper or lower case; nothing else.
  static std::optional<Uuid> parse(std::string_view text);

  const Bytes& bytes() const { return bytes_; }
  std::string to_string() const;
  auto operator<=>(const Uuid&) const = default;

 private:
  Bytes bytes_{};
};

// A Uuid that only means one kind of thing: a job's id cannot be passed as a batch's.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(Uuid value) : value_(value) {}

  static Id make() { return Id(Uuid::make_v7()); }
  static std::optional<Id> parse(std::string_view text) {
    if (auto uuid = Uuid::parse(text)) return Id(*uuid);
    return std::nullopt;
  }

  const Uuid& value() const { return value_; }
  std::string to_string() const { return value_.to_string(); }
  auto operator<=>(const Id&) const = default;

 private:
  Uuid value_;
};

using JobId = Id<struct JobTag>;
using BatchId = Id<struct BatchTag>;
using ClaimToken = Id<struct ClaimTag>;

}  // namespace trainyard

template <>
struct std::hash<trainyard::Uuid> {
  std::size_t operator()(const trainyard::Uuid& id) const noexcept;
};

template <class Tag>
struct std::hash<trainyard::Id<Tag>> {
  std::size_t operator()(const trainyard::Id<Tag>& id) const noexcept {
    return std::hash<trainyard::Uuid>{}(id.value());
  }
};
