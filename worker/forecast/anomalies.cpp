#include "worker/forecast/anomalies.hpp"

#include "worker/forecast/median.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace trainyard::forecast {
namespace {

constexpr double spread_min = 1e-6;  // of the usual size: less is rounding
constexpr double largest = std::numeric_limits<double>::max();

double bounded(double value) {
  return std::clamp(value, -largest, largest);
}

// What is compared: `value` and `expected` of the same periods.
struct Judged {
  std::vector<std::size_t> periods;
  std::vector<double> value;
  std::vector<double> expected;
};

Judged judged_of(const PreparedSeries& series, const models::InSample& expected) {
  Judged judged;
  auto filled = series.filled.begin();
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const auto period = expected.first + i;
    filled = std::find_if(filled, series.filled.end(), [&](auto each) { return each >= period; });
    if (filled != series.filled.end() && *filled == period) continue;
    judged.periods.push_back(period);
    judged.value.push_back(series.y[period]);
    judged.expected.push_back(expected.values[i]);
  }
  return judged;
}

struct Standardised {
  std::vector<double> scores;
  double spread = 0.0;
};

double spread_of(const std::vector<double>& distances, double least) {
  constexpr double normal_mad = 1.4826;
  constexpr double normal_mean = 1.2533;
  const auto n = static_cast<double>(distances.size());
  auto sorted = distances;
  const double spread = normal_mad * median(sorted) * n / (n - 0.8);
  if (spread > least) return spread;
  double mean = 0.0;
  for (const double distance : distances)
    mean += distance / n;
  return std::max(normal_mean * mean, least);
}

Standardised standardise(const std::vector<double>& residuals, double usual_size) {
  auto sorted = residuals;
  const double middle = median(sorted);
  std::vector<double> distances;
  for (const double residual : residuals)
    distances.push_back(std::abs(residual - middle));
  Standardised result{.spread = spread_of(distances, spread_min * usual_size)};
  for (const double residual : residuals)
    result.scores.push_back(result.spread > 0 ? bounded((residual - middle) / result.spread) : 0.0);
  return result;
}

// In units of the largest value, so that no difference of two overflows.
double unit_of(const Judged& judged) {
  double unit = 0.0;
  for (std::size_t i = 0; i < judged.value.size(); ++i)
    unit = std::max({unit, std::abs(judged.value[i]), std::abs(judged.expected[i])});
  return unit > 0 ? unit : 1.0;
}

Standardised score(const Judged& judged) {
  const double unit = unit_of(judged);
  std::vector<double> residuals;
  std::vector<double> relative;
  std::vector<double> sizes;
  for (std::size_t i = 0; i < judged.value.size(); ++i) {
    const auto [value, expected] = std::pair(judged.value[i], judged.expected[i]);
    residuals.push_back(value / unit - expected / unit);
    sizes.push_back(std::abs(value / unit));
    if (value > 0 && expected > 0) relative.push_back(std::log(value) - std::log(expected));
  }
  auto result = standardise(residuals, median(sizes));
  result.spread = bounded(result.spread * unit);
  if (relative.size() < residuals.size()) return result;
  const auto other = standardise(relative, 1.0).scores;
  for (std::size_t i = 0; i < other.size(); ++i)
    if (std::abs(other[i]) < std::abs(result.scores[i])) result.scores[i] = other[i];
  return result;
}

void keep_furthest(std::vector<Anomaly>& listed) {
  if (listed.size() <= anomalies_listed_max) return;
  const auto size = [](const Anomaly& anomaly) { return std::abs(anomaly.score); };
  std::ranges::nth_element(listed, listed.begin() + anomalies_listed_max, std::greater{}, size);
  listed.resize(anomalies_listed_max);
  std::ranges::sort(listed, {}, &Anomaly::period);
}

}  // namespace

Anomalies find_anomalies(const PreparedSeries& series, const models::InSample& expected,
                         double threshold) {
  Anomalies found{.threshold = threshold,
                  .scores = std::vector<std::optional<double>>(series.y.size())};
  if (expected.values.empty()) {
    found.unjudged = "the best model does not say what it expected of past values";
    return found;
  }
  const auto judged = judged_of(series, expected);
  if (judged.value.size() < anomalies_judged_min) {
    found.unjudged =
        fmt::format("{} value{} can be compared with what the best model expected, {} are needed",
                    judged.value.size(), judged.value.size() == 1 ? "" : "s", anomalies_judged_min);
    return found;
  }
  const auto [scores, spread] = score(judged);
  found.judged = static_cast<std::int64_t>(scores.size());
  found.spread = spread;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    found.scores[judged.periods[i]] = scores[i];
    if (std::abs(scores[i]) <= threshold) continue;
    ++found.count;
    found.listed.push_back({.period = judged.periods[i],
                            .value = judged.value[i],
                            .expected = judged.expected[i],
                            .score = scores[i]});
  }
  keep_furthest(found.listed);
  for (auto& anomaly : found.listed)
    anomaly.date = series.dates(anomaly.period, 1).front();
  return found;
}

}  // namespace trainyard::forecast
