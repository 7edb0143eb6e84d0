#include "common/domain/cron_field.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace trainyard::domain {
namespace {

std::unexpected<Error> wrong(const CronField& field, std::string_view part,
                             const std::string& what) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::string(field.name) + " '" + std::string(part) + "': " + what,
                    .field = "cron",
                    .hint = "values from " + std::to_string(field.low) + " to " +
                            std::to_string(field.high) + (field.names.empty() ? "" : " or names") +
                            ", as in *, 5, 1-5, */10 or 1,15"});
}

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end || text.front() == '-') {
    return std::nullopt;
  }
  return number;
}

// Sunday begins a week and ends one: which of its two values is meant, the place tells.
enum class Place { first, last };

std::optional<int> value_of(const CronField& field, std::string_view text,
                            Place place = Place::first) {
  if (const auto number = number_of(text)) {
    if (*number >= field.low && *number <= field.high) return number;
    return std::nullopt;
  }
  const auto same = [&](std::string_view name) {
    return std::ranges::equal(name, text, {}, {}, [](unsigned char c) { return std::tolower(c); });
  };
  const auto count = std::ssize(field.names);
  for (std::ptrdiff_t k = 0; k < count; ++k) {
    const auto i = place == Place::first ? k : count - 1 - k;
    if (same(field.names[static_cast<std::size_t>(i)])) return field.low + static_cast<int>(i);
  }
  return std::nullopt;
}

Result<void> add_part(const CronField& field, std::string_view part, std::vector<int>& values) {
  int step = 1;
  auto range = part;
  const auto slash = part.find('/');
  if (slash != std::string_view::npos) {
    const auto parsed = number_of(part.substr(slash + 1));
    if (!parsed || *parsed < 1 || *parsed > field.high) return wrong(field, part, "no such step");
    step = *parsed;
    range = part.substr(0, slash);
  }
  int first = field.low;
  int last = field.high;
  if (range != "*") {
    const auto dash = range.find('-');
    const auto low = value_of(field, range.substr(0, dash));
    const auto high =
        dash == std::string_view::npos ? low : value_of(field, range.substr(dash + 1), Place::last);
    if (!low || !high) return wrong(field, part, "no such value");
    if (*low > *high) return wrong(field, part, "the range ends before it begins");
    first = *low;
    // 5/10 is from 5 on, every 10th.
    if (dash != std::string_view::npos || slash == std::string_view::npos) last = *high;
  }
  for (int value = first; value <= last; value += step)
    values.push_back(value);
  return {};
}

}  // namespace

Result<std::vector<int>> parse_cron_field(const CronField& field, std::string_view text) {
  std::vector<int> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    TRY_DO(add_part(field, text.substr(begin, comma - begin), values));
    begin = comma + 1;
  }
  return values;
}

}  // namespace trainyard::domain
