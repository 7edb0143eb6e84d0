#include "common/adapters/delta/deletion_vector.hpp"

#include <fmt/format.h>

#include <cstring>
#include <optional>
#include <roaring/roaring.hh>

// The formats are those of the Delta protocol: section "Deletion Vectors" of PROTOCOL.md, and Z85
// (rfc.zeromq.org/spec/32) for bytes as text.

namespace trainyard::delta {
namespace {

constexpr std::uint32_t bitmaps_magic = 1681511377;
constexpr std::size_t uuid_chars = 20;  // 16 bytes in Z85

std::unexpected<Error> corrupt(std::string_view why) {
  return fail(Errc::corrupt_data, fmt::format("a deletion vector of the table {}", why));
}

std::optional<std::string> from_z85(std::string_view text) {
  constexpr std::string_view digits =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  if (text.size() % 5 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 5) {
    std::uint64_t word = 0;
    for (const char c : text.substr(i, 5)) {
      const auto digit = digits.find(c);
      if (digit == digits.npos) return std::nullopt;
      word = word * digits.size() + digit;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes += static_cast<char>(word >> shift & 0xff);
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return text;
}

// Takes little-endian numbers off the front.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest(bytes) {}

  template <class Number>
  std::optional<Number> take() {
    if (rest.size() < sizeof(Number)) return std::nullopt;
    Number number;
    std::memcpy(&number, rest.data(), sizeof number);
    rest.remove_prefix(sizeof number);
    return number;
  }

  std::string_view rest;
};

// Bitmaps of 32 bits each, every one below the upper half that its rows share.
Result<std::vector<std::int64_t>> rows_in(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.take<std::uint32_t>() != bitmaps_magic) return corrupt("is of an unknown format");
  const auto count = reader.take<std::uint64_t>();
  if (!count) return corrupt("is cut off");
  std::vector<std::int64_t> rows;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto upper = reader.take<std::uint32_t>();
    if (!upper) return corrupt("is cut off");
    try {
      const auto bitmap = Roaring::readSafe(reader.rest.data(), reader.rest.size());
      reader.rest.remove_prefix(std::min(bitmap.getSizeInBytes(), reader.rest.size()));
      for (const auto lower : bitmap)
        rows.push_back(static_cast<std::int64_t>(*upper) << 32 | lower);
    } catch (const std::exception& error) {
      return corrupt(error.what());
    }
  }
  return rows;
}

Result<std::string> content_of(const DeletionVector& vector, const ReadBytes& read) {
  if (vector.storage == DeletionVector::Storage::inlined) return vector.content;
  // In a file, its length in big-endian bytes comes first.
  constexpr std::int64_t length_bytes = 4;
  TRY(auto bytes, read(vector.path, vector.offset, vector.size + length_bytes));
  if (bytes.size() != static_cast<std::size_t>(vector.size + length_bytes)) {
    return corrupt("is cut off");
  }
  return bytes.substr(length_bytes);
}

}  // namespace

Result<DeletionVector> parse_deletion_vector(const std::string& storage, const std::string& text,
                                             DeletionVector vector) {
  if (vector.size < 0 || vector.size > INT32_MAX || vector.offset < 0) {
    return corrupt("has an impossible size");
  }
  if (storage == "i") {
    auto bytes = from_z85(text);
    if (!bytes || bytes->size() < static_cast<std::size_t>(vector.size)) {
      return corrupt("is cut off");
    }
    bytes->resize(static_cast<std::size_t>(vector.size));
    vector.content = *std::move(bytes);
    return vector;
  }
  if (storage != "u" || text.size() < uuid_chars) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "a deletion vector of the table lies outside of its folder",
                      .hint = "a shallow clone cannot be read: make a deep one"});
  }
  const auto folder = text.substr(0, text.size() - uuid_chars);
  const auto uuid = from_z85(std::string_view(text).substr(folder.size()));
  if (!uuid || folder.contains('/') || folder.contains('.')) return corrupt("has no name");
  vector.storage = DeletionVector::Storage::in_file;
  vector.path = fmt::format("{}{}deletion_vector_{}.bin", folder, folder.empty() ? "" : "/",
                            uuid_text(*uuid));
  return vector;
}

Result<std::vector<std::int64_t>> deleted_rows(const DeletionVector& vector,
                                               const ReadBytes& read) {
  TRY(const auto bytes, content_of(vector, read));
  TRY(auto rows, rows_in(bytes));
  if (static_cast<std::int64_t>(rows.size()) != vector.rows) {
    return corrupt(fmt::format("names {} rows, and not {}", rows.size(), vector.rows));
  }
  return rows;
}

}  // namespace trainyard::delta
