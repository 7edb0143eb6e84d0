#include "worker/forecast/prepare.hpp"

#include "worker/forecast/dates.hpp"
#include "worker/forecast/grid.hpp"
#include "worker/forecast/mixed_frequency.hpp"
#include "worker/forecast/quality_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>

namespace trainyard::forecast {
namespace {

using domain::Observation;
using domain::SegmentRows;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t periods_max = 5'000'000;

std::unexpected<Error> bad_data(std::string detail, std::string hint,
                                std::optional<std::int64_t> row = std::nullopt) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .row = row,
                    .hint = std::move(hint),
                    .category = Category::data});
}

// Positions of the rows in the order of time.
std::vector<std::size_t> time_order(const SegmentRows& rows) {
  std::vector<std::size_t> order(rows.observations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return std::pair(rows.observations[i].time, i); });
  return order;
}

Result<void> refuse_duplicates(const SegmentRows& rows, std::span<const std::size_t> order) {
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto& before = rows.observations[order[i - 1]];
    const auto& here = rows.observations[order[i]];
    if (before.time != here.time) continue;
    const bool is_clock = std::chrono::floor<std::chrono::days>(here.time) != here.time;
    return bad_data(fmt::format("rows {} and {} both have the date {}", before.row, here.row,
                                format_date(here.time)),
                    fmt::format("remove one, add them up, or name the column that tells the series "
                                "apart as segment_col{}",
                                is_clock ? "; where clocks were set back, write UTC or one value "
                                           "for the hour that comes twice"
                                         : ""),
                    here.row);
  }
  return {};
}

// Straight lines between neighbours; the ends repeat the nearest value. Returns how many.
std::int64_t fill_gaps(std::span<double> values) {
  std::int64_t filled = 0;
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i <= values.size(); ++i) {
    const bool is_end = i == values.size();
    if (!is_end && std::isnan(values[i])) continue;
    if (is_end && !last) return 0;  // nothing to draw a line from
    for (auto k = last ? *last + 1 : 0; k < i; ++k, ++filled) {
      if (!last) {
        values[k] = values[i];
      } else if (is_end) {
        values[k] = values[*last];
      } else {
        const double share = static_cast<double>(k - *last) / static_cast<double>(i - *last);
        values[k] = std::lerp(values[*last], values[i], share);
      }
    }
    last = i;
  }
  return filled;
}

void judge_values(PreparedSeries& series, std::span<const double> observed) {
  auto& quality = series.quality;
  const auto [low, high] = std::ranges::minmax(series.y);
  quality.is_constant = low == high;
  quality.is_zero = low == 0 && high == 0;
  quality.findings = find_in(series, observed);
  std::ranges::move(warnings_of(quality), std::back_inserter(quality.warnings));
}

Result<void> refuse_infinite(const SegmentRows& rows) {
  const auto refuse = [&](std::string_view what, std::size_t i) {
    return bad_data(fmt::format("{} is infinite", what), "expected a number, or nothing",
                    rows.observations[i].row);
  };
  for (std::size_t i = 0; i < rows.observations.size(); ++i) {
    if (std::isinf(rows.observations[i].value)) return refuse("the value", i);
    for (const auto& column : rows.covariates)
      if (std::isinf(column[i])) return refuse("a covariate", i);
  }
  return {};
}

std::string describe(const MixedFrequency& mixed) {
  return fmt::format("{} until {}, then {}", domain::to_string(mixed.before),
                     format_date(mixed.change), domain::to_string(mixed.after));
}

// Lays the rows out on the grid, from the first value to the last; covariates go on to the last
// row.
Result<PreparedSeries> lay_out(const SegmentRows& rows, std::span<const std::size_t> order,
                               const Grid& grid, DataQuality quality) {
  const auto has_value = [&](std::size_t i) { return !std::isnan(rows.observations[i].value); };
  const auto begin =
      static_cast<std::size_t>(std::ranges::find_if(order, has_value) - order.begin());
  auto end = order.size();
  while (!has_value(order[end - 1]))
    --end;
  const auto low = grid.index[begin];
  const auto known = grid.index.back() - low + 1;
  if (known > periods_max) {
    return bad_data(fmt::format("the dates span {} periods", known), "check the years");
  }
  const auto periods = grid.index[end - 1] - low + 1;
  PreparedSeries series{.segment = rows.segment,
                        .y = std::vector<double>(static_cast<std::size_t>(periods), missing),
                        .start = domain::advance(grid.anchor, grid.step, low),
                        .frequency = grid.frequency,
                        .season_length = domain::season_length(grid.frequency),
                        .quality = std::move(quality),
                        .anchor = grid.anchor,
                        .step = grid.step,
                        .first_step = low};
  for (auto i = begin; i < end; ++i) {
    series.y[static_cast<std::size_t>(grid.index[i] - low)] = rows.observations[order[i]].value;
  }
  const auto observed = series.y;
  series.quality.periods = periods;
  series.quality.leading_gaps = low - grid.index.front();
  if (rows.covariates.empty()) series.quality.trailing_gaps = known - periods;
  for (std::size_t i = 0; i < observed.size(); ++i)
    if (std::isnan(observed[i])) series.filled.push_back(i);
  series.quality.interpolated = fill_gaps(series.y);
  for (const auto& column : rows.covariates) {
    auto& values = series.covariates.emplace_back(static_cast<std::size_t>(known), missing);
    for (auto i = begin; i < order.size(); ++i) {
      values[static_cast<std::size_t>(grid.index[i] - low)] = column[order[i]];
    }
    fill_gaps(values);
    if (std::isnan(values.front())) {
      return bad_data("a covariate has no values", "remove it from covariates");
    }
  }
  if (grid.fit != GridFit::exact) {
    auto own = series.dates(0, static_cast<std::size_t>(known));
    for (auto i = begin; i < order.size(); ++i)
      own[static_cast<std::size_t>(grid.index[i] - low)] = rows.observations[order[i]].time;
    series.own_dates = std::move(own);
  }
  judge_values(series, observed);
  return series;
}

}  // namespace

std::vector<TimePoint> PreparedSeries::dates(std::size_t first, std::size_t count) const {
  std::vector<TimePoint> dates;
  dates.reserve(count);
  for (auto i = first; i < first + count; ++i) {
    if (i < own_dates.size()) {
      dates.push_back(own_dates[i]);
      continue;
    }
    dates.push_back(domain::advance(anchor, step, first_step + static_cast<std::int64_t>(i)));
  }
  return dates;
}

std::vector<TimePoint> PreparedSeries::future(int horizon) const {
  return dates(y.size(), static_cast<std::size_t>(horizon));
}

Result<PreparedSeries> prepare(const SegmentRows& rows, std::optional<domain::Frequency> asked) {
  if (rows.problem) return fail(*rows.problem);
  TRY_DO(refuse_infinite(rows));
  const auto has_value = [](const Observation& row) { return !std::isnan(row.value); };
  const auto values = std::ranges::count_if(rows.observations, has_value);
  if (values < 2) {
    return bad_data(
        fmt::format("the segment has {} value{}, at least 2 are needed", values,
                    values == 1 ? "" : "s"),
        "add history, or leave the segment out",
        rows.observations.empty() ? std::nullopt : std::optional(rows.observations.front().row));
  }
  const auto order = time_order(rows);
  TRY_DO(refuse_duplicates(rows, order));
  DataQuality quality{.rows = static_cast<std::int64_t>(rows.observations.size()),
                      .was_unsorted = !std::ranges::is_sorted(order)};
  std::vector<TimePoint> times;
  for (const auto i : order)
    times.push_back(rows.observations[i].time);
  const auto grid = make_grid(times, asked);
  const auto mixed = mixed_frequency(times);
  if (!grid && mixed) {
    return bad_data(fmt::format("the dates have two frequencies: {}", describe(*mixed)),
                    "bring both parts to one frequency, or state it to take the dates as "
                    "consecutive periods",
                    rows.observations[order.front()].row);
  }
  if (!grid) {
    return bad_data("the dates follow no frequency: some are off the grid of the others",
                    "correct them, or state the frequency to take them as consecutive periods",
                    rows.observations[order.front()].row);
  }
  switch (grid->fit) {
    case GridFit::exact:
      break;
    case GridFit::month_ends:
      quality.warnings.push_back(
          "the dates move within the first or last days of their months: they were taken as "
          "months");
      break;
    case GridFit::fiscal_months:
      quality.warnings.push_back(
          "the dates are months of four and five weeks: they were taken as months, and those of "
          "the forecast are calendar months apart");
      break;
    case GridFit::consecutive:
      quality.warnings.push_back(fmt::format(
          "the dates do not fit the stated frequency ({}): they were taken as consecutive periods",
          domain::to_string(*asked)));
      break;
  }
  if (mixed && grid->fit == GridFit::exact) {
    quality.warnings.push_back(
        fmt::format("the dates have two frequencies, {}: the series was taken as {}",
                    describe(*mixed), domain::to_string(grid->frequency)));
  }
  return lay_out(rows, order, *grid, std::move(quality));
}

}  // namespace trainyard::forecast
