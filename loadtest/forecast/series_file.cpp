#include "loadtest/forecast/series_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <unordered_map>

namespace trainyard::loadtest {
namespace {

using Row = std::vector<std::string>;

Row split(const std::string& line) {
  Row cells;
  std::size_t begin = 0;
  while (true) {
    const auto comma = line.find(',', begin);
    cells.push_back(line.substr(begin, comma - begin));
    if (comma == std::string::npos) return cells;
    begin = comma + 1;
  }
}

// Calls `take` for each row with the cells of the named columns, in the order of `names`.
Result<void> read_rows(const std::string& path, const Row& names,
                       const std::function<Result<void>(const Row&)>& take) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line))
    return fail(Errc::invalid_argument, fmt::format("{} cannot be read", path));
  const auto header = split(line);
  std::vector<std::size_t> columns;
  for (const auto& name : names) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end())
      return fail(Errc::invalid_argument, fmt::format("{} has no column '{}'", path, name));
    columns.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  for (std::int64_t number = 2; std::getline(file, line); ++number) {
    const auto cells = split(line);
    Row chosen;
    for (const auto column : columns)
      chosen.push_back(column < cells.size() ? cells[column] : std::string{});
    if (auto taken = take(chosen); !taken) {
      auto error = taken.error();
      error.detail = fmt::format("{}: {}", path, error.detail);
      error.row = number;
      return fail(std::move(error));
    }
  }
  return {};
}

template <class Number>
Result<Number> number(const std::string& text) {
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size())
    return fail(Errc::invalid_argument, fmt::format("'{}' is not a number", text));
  return value;
}

// The M3's series of no stated frequency are 'Other': they go as years, of which nothing is known.
Result<domain::Frequency> frequency_of(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return domain::parse_frequency(name == "other" ? "yearly" : name);
}

Result<MeasuredSeries> series_of(const Row& row) {
  MeasuredSeries series{.id = row[0], .frequency_name = row[1]};
  TRY(series.frequency, frequency_of(row[1]));
  series.season_length = domain::season_length(series.frequency);
  if (series.frequency.period == domain::Period::hour)
    series.long_seasons = {7 * series.season_length};
  TRY(series.horizon, number<int>(row[2]));
  TRY(series.start,
      from_iso8601(row[3].size() == 10 ? row[3] + "T00:00:00Z"
                                       : row[3].substr(0, 10) + "T" + row[3].substr(11, 8) + "Z"));
  return series;
}

}  // namespace

Result<std::vector<MeasuredSeries>> read_series(const std::string& meta,
                                                const std::string& values) {
  std::vector<MeasuredSeries> all;
  std::unordered_map<std::string, std::size_t> index;
  TRY_DO(read_rows(meta, {"unique_id", "frequency", "horizon", "start"},
                   [&](const Row& row) -> Result<void> {
                     TRY(auto series, series_of(row));
                     index.emplace(series.id, all.size());
                     all.push_back(std::move(series));
                     return {};
                   }));
  TRY_DO(read_rows(values, {"unique_id", "y"}, [&](const Row& row) -> Result<void> {
    const auto found = index.find(row[0]);
    if (found == index.end()) return {};
    TRY(const double value, number<double>(row[1]));
    all[found->second].y.push_back(value);
    return {};
  }));
  return all;
}

}  // namespace trainyard::loadtest
