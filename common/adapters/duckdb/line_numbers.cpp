#include "common/adapters/duckdb/line_numbers.hpp"

#include "common/adapters/duckdb/csv_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace trainyard::duckdb {
namespace {

constexpr std::size_t changes_max = 10'000;

// The number at the front of `text`, which it is taken from together with the `end` behind it.
std::optional<std::int64_t> take_number(std::string_view& text, char end) {
  std::int64_t number = 0;
  const auto* const last = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || next == last || *next != end) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(next - text.data()) + 1);
  return number;
}

}  // namespace

LineNumbers LineNumbers::of_csv(const std::string& path, std::int64_t records) {
  std::vector<Change> changes;
  std::int64_t record = -1;  // the header
  for_each_record(path, [&](std::int64_t line) {
    const auto distance = line - record;
    if (record >= 0 && changes.size() <= changes_max &&
        (changes.empty() || changes.back().distance != distance)) {
      changes.push_back({.first_record = record, .distance = distance});
    }
    ++record;
  });
  if (changes.empty() || record != records) return of_plain_csv();
  return changes.size() > changes_max ? of_rows() : LineNumbers(std::move(changes));
}

std::optional<LineNumbers> LineNumbers::from_text(std::string_view text) {
  std::vector<Change> changes;
  while (!text.empty()) {
    const auto first_record = take_number(text, '+');
    const auto distance = first_record ? take_number(text, ';') : std::nullopt;
    if (!distance || changes.size() == changes_max) return std::nullopt;
    if (changes.empty() ? *first_record != 0 : *first_record <= changes.back().first_record)
      return std::nullopt;
    changes.push_back({.first_record = *first_record, .distance = *distance});
  }
  if (changes.empty()) return std::nullopt;
  return LineNumbers(std::move(changes));
}

std::int64_t LineNumbers::at(std::int64_t record) const {
  const auto next = std::ranges::upper_bound(changes_, record, {}, &Change::first_record);
  const auto& change = next == changes_.begin() ? changes_.front() : *std::prev(next);
  return record + change.distance;
}

std::string LineNumbers::to_text() const {
  std::string text;
  for (const auto& change : changes_)
    text += fmt::format("{}+{};", change.first_record, change.distance);
  return text;
}

}  // namespace trainyard::duckdb
