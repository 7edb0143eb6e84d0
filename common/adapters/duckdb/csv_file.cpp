#include "common/adapters/duckdb/csv_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>

namespace trainyard::duckdb {
namespace {

constexpr std::size_t header_bytes_max = 1 << 20;
constexpr std::array delimiters{',', ';', '\t', '|'};

std::unexpected<Error> bad_header(std::string detail, std::string hint, std::string field = {}) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .row = 1,
                    .hint = std::move(hint),
                    .category = Category::data});
}

// Calls take(byte, is_quoted) for each byte of the file until it answers false.
template <class Take>
void scan(const std::string& path, Take take) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(1 << 16);
  bool is_quoted = false;
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(file.gcount()));
    for (const char c : bytes) {
      // A doubled quote inside quotes toggles twice, which is what it should do.
      if (c == '"') is_quoted = !is_quoted;
      if (!take(c, is_quoted)) return;
    }
  }
}

Result<std::string> read_header(const std::string& path) {
  std::string header;
  scan(path, [&](char c, bool is_quoted) {
    if ((c == '\n' || c == '\r') && !is_quoted) return header.find_first_not_of(' ') == header.npos;
    header += c;
    return header.size() < header_bytes_max;
  });
  if (header.starts_with("\xef\xbb\xbf")) header.erase(0, 3);
  if (header.starts_with("\x1f\x8b")) {
    return bad_header("the file is compressed", "unpack it first");
  }
  if (header.starts_with("\xff\xfe") || header.starts_with("\xfe\xff")) {
    return bad_header("the file is UTF-16, not UTF-8", "save it as UTF-8");
  }
  if (header.empty()) {
    return bad_header("the file is empty", "it needs a header line and one row per observation");
  }
  if (header.size() >= header_bytes_max) {
    return bad_header("the first line has no end", "a quote may be missing");
  }
  return header;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

std::vector<std::string> split(std::string_view header, char delimiter) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const char c = header[i];
    if (c == '"') {
      if (is_quoted && i + 1 < header.size() && header[i + 1] == '"') {
        fields.back() += '"';
        ++i;
      } else {
        is_quoted = !is_quoted;
      }
    } else if (c == delimiter && !is_quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  for (auto& field : fields) {
    const auto first = field.find_first_not_of(" \t");
    const auto last = field.find_last_not_of(" \t");
    field = first == field.npos ? "" : field.substr(first, last - first + 1);
  }
  return fields;
}

std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool looks_like_value(std::string_view text) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  const bool is_date = text.size() >= 8 && text[4] == '-' && text[7] == '-';
  return is_number || is_date;
}

}  // namespace

Result<CsvDialect> read_dialect(const std::string& path) {
  TRY(const auto header, read_header(path));
  if (!is_utf8(header)) return bad_header("the header line is not UTF-8", "save it as UTF-8");
  CsvDialect dialect;
  for (const char delimiter : delimiters) {
    auto columns = split(header, delimiter);
    if (columns.size() <= dialect.columns.size()) continue;
    dialect = {delimiter, std::move(columns)};
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < dialect.columns.size(); ++i) {
    auto& name = dialect.columns[i];
    if (name.empty()) name = fmt::format("column{}", i + 1);
    if (looks_like_value(name)) {
      return bad_header(
          fmt::format("the first line has the value '{}' where a name should be", name),
          "add a header line with the columns' names");
    }
    if (!seen.insert(lower(name)).second) {
      return bad_header(fmt::format("column '{}' appears twice", name),
                        "rename one; upper and lower case count as the same", name);
    }
  }
  return dialect;
}

void for_each_record(const std::string& path, const std::function<void(std::int64_t)>& take) {
  std::int64_t line = 1;
  bool in_record = false;
  bool after_return = false;
  scan(path, [&](char c, bool is_quoted) {
    const bool is_pair = c == '\n' && after_return;
    after_return = c == '\r';
    if (is_pair) return true;  // the second half of CRLF
    if (c != '\n' && c != '\r') {
      if (!in_record) take(line);
      in_record = true;
      return true;
    }
    if (!is_quoted) in_record = false;
    ++line;
    return true;
  });
}

std::int64_t line_at(const std::string& path, std::int64_t offset) {
  std::int64_t line = 1;
  bool after_return = false;
  scan(path, [&](char c, bool) {
    if (offset-- <= 0 && c != '\n' && c != '\r') return false;
    if ((c == '\n' && !after_return) || c == '\r') ++line;
    after_return = c == '\r';
    return true;
  });
  return line;
}

}  // namespace trainyard::duckdb
