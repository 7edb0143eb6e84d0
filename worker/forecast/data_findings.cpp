#include "worker/forecast/data_findings.hpp"

#include "worker/forecast/prepare.hpp"
#include "worker/forecast/unusual_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <ranges>

namespace trainyard::forecast {
namespace {

constexpr double interval_cut = 1.32;
constexpr double variation_cut = 0.49;
constexpr std::size_t dates_max = 5;
constexpr std::size_t judged_max = 100'000;  // keeps the time below a second

std::optional<Demand> demand_of(std::span<const double> values) {
  double largest = 0.0;
  for (const double value : values) {
    if (value < 0) return std::nullopt;
    largest = std::max(largest, value);
  }
  if (largest == 0) return std::nullopt;
  const auto is_demand = [](double value) { return value != 0; };
  const auto backwards = std::views::reverse(values);
  const auto leading = std::ranges::find_if(values, is_demand) - values.begin();
  const auto trailing = std::ranges::find_if(backwards, is_demand) - backwards.begin();
  const auto span = std::ssize(values) - leading - trailing;
  double count = 0;
  double mean = 0;
  double squares = 0;  // around the mean, as Welford sums them up
  for (const double value : values) {
    if (value == 0) continue;
    const double size = value / largest;
    const double before = size - mean;
    mean += before / ++count;
    squares += before * (size - mean);
  }
  Demand demand{.interval = static_cast<double>(span) / count,
                .variation = squares / count / (mean * mean)};
  const bool is_seldom = demand.interval > interval_cut;
  const bool is_varied = demand.variation > variation_cut;
  if (is_seldom) {
    demand.pattern = is_varied ? DemandPattern::lumpy : DemandPattern::intermittent;
  } else if (is_varied) {
    demand.pattern = DemandPattern::erratic;
  }
  return demand;
}

void count_zeros(DataFindings& findings, std::span<const double> values) {
  std::int64_t run = 0;
  bool is_leading = true;
  for (const double value : values) {
    if (value == 0) {
      ++findings.zeros;
      ++run;
      continue;
    }
    auto& kind = is_leading ? findings.leading_zeros : findings.inner_zeros;
    kind = std::max(kind, run);
    is_leading = false;
    run = 0;
  }
  findings.trailing_zeros = run;
  if (is_leading) findings.leading_zeros = run;
}

void add(DatedValues& found, const PreparedSeries& series, std::size_t position) {
  ++found.count;
  if (found.first.size() < dates_max) found.first.push_back(series.dates(position, 1).front());
}

}  // namespace

std::string_view to_string(DemandPattern pattern) {
  static constexpr std::array<std::string_view, 4> names{"smooth", "erratic", "intermittent",
                                                         "lumpy"};
  return names[static_cast<std::size_t>(pattern)];
}

DataFindings find_in(const PreparedSeries& series, std::span<const double> observed) {
  std::vector<double> values;
  std::ranges::copy_if(observed, std::back_inserter(values),
                       [](double value) { return !std::isnan(value); });
  DataFindings findings{.demand = demand_of(values)};
  count_zeros(findings, values);
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (observed[i] < 0) add(findings.negatives, series, i);
  }
  if (findings.demand && findings.demand->interval > interval_cut) return findings;
  const auto skipped = series.y.size() - std::min(series.y.size(), judged_max);
  const auto unusual = unusual_values(std::span(series.y).subspan(skipped), series.season_length);
  for (const auto i : unusual.outliers) {
    if (!std::isnan(observed[skipped + i])) add(findings.outliers, series, skipped + i);
  }
  for (const auto i : unusual.level_shifts)
    add(findings.level_shifts, series, skipped + i);
  return findings;
}

}  // namespace trainyard::forecast
