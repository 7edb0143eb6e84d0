#include "common/adapters/postgres/pg_columns.hpp"

#include "common/adapters/postgres/pg_error.hpp"

#include <charconv>

namespace trainyard::postgres {
namespace {

[[noreturn]] void corrupt(std::string_view what, std::string_view text) {
  throw PgFailure{.kind = PgFailure::Kind::other,
                  .error = {.code = Errc::corrupt_data,
                            .detail = std::string("PostgreSQL: not ") + std::string(what) + ": " +
                                      std::string(text)}};
}

int digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = -1;
  if (text.size() >= from + count) {
    std::from_chars(text.data() + from, text.data() + from + count, value);
  }
  if (value < 0) corrupt("a time", text);
  return value;
}

// "2026-01-20 15:30:00.123456+00": sessions speak ISO dates in UTC.
TimePoint parse_time(std::string_view text) {
  using namespace std::chrono;
  if (!text.ends_with("+00")) corrupt("a time in UTC", text);
  const auto day =
      sys_days(year(digits(text, 0, 4)) / month(static_cast<unsigned>(digits(text, 5, 2))) /
               std::chrono::day(static_cast<unsigned>(digits(text, 8, 2))));
  TimePoint time = day + hours(digits(text, 11, 2)) + minutes(digits(text, 14, 2)) +
                   seconds(digits(text, 17, 2)) + microseconds(0);
  int scale = 100'000;
  for (std::size_t i = 20; text[19] == '.' && i < text.size() - 3; ++i, scale /= 10) {
    time += microseconds(scale * (text[i] - '0'));
  }
  return time;
}

}  // namespace

std::string_view Columns::text() {
  const auto field = row_[next_++];
  return {field.c_str(), field.size()};
}

std::int64_t Columns::integer() {
  const auto digits_of = text();
  std::int64_t value = 0;
  const auto* end = digits_of.data() + digits_of.size();
  if (std::from_chars(digits_of.data(), end, value).ptr != end) corrupt("a number", digits_of);
  return value;
}

double Columns::real() {
  const auto digits_of = text();
  double value = 0.0;
  const auto* end = digits_of.data() + digits_of.size();
  if (std::from_chars(digits_of.data(), end, value).ptr != end) corrupt("a number", digits_of);
  return value;
}

TimePoint Columns::time() {
  return parse_time(text());
}

Uuid Columns::uuid() {
  const auto written = text();
  const auto id = Uuid::parse(written);
  if (!id) corrupt("a UUID", written);
  return *id;
}

std::optional<std::int64_t> Columns::optional_integer() {
  if (is_null()) return std::nullopt;
  return integer();
}

std::optional<TimePoint> Columns::optional_time() {
  if (is_null()) return std::nullopt;
  return time();
}

bool Columns::boolean() {
  return text() == "t";
}

void Columns::unknown_name(std::string_view column) {
  throw PgFailure{.kind = PgFailure::Kind::other,
                  .error = {.code = Errc::corrupt_data,
                            .detail = "PostgreSQL: an unknown name is stored",
                            .field = std::string(column)}};
}

bool Columns::is_null() {
  if (!row_[next_].is_null()) return false;
  ++next_;
  return true;
}

}  // namespace trainyard::postgres
