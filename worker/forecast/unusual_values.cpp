#include "worker/forecast/unusual_values.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::forecast {
namespace {

constexpr std::size_t window_min = 7;
constexpr std::size_t seasons_min = 3;
constexpr double outlier_ranges = 3.0;
constexpr double shift_ranges = 4.0;
constexpr double range_min = 0.01;  // of the median size

double quantile(std::vector<double> values, double share) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(
                                          share * static_cast<double>(values.size() - 1) + 0.5);
  std::ranges::nth_element(values, place);
  return *place;
}

double median(std::span<const double> values) {
  return quantile({values.begin(), values.end()}, 0.5);
}

// Over an odd number of values, so that it follows a step without a ramp; windows stay inside.
std::vector<double> running_median(std::span<const double> y, std::size_t width) {
  std::vector<double> window(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(width));
  std::ranges::sort(window);
  std::vector<double> medians;
  medians.reserve(y.size());
  std::size_t first = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (i > first + width / 2 && first + width < y.size()) {
      window.erase(std::ranges::lower_bound(window, y[first]));
      window.insert(std::ranges::lower_bound(window, y[first + width]), y[first + width]);
      ++first;
    }
    medians.push_back(window[width / 2]);
  }
  return medians;
}

class Decomposed {
 public:
  Decomposed(std::span<const double> y, std::size_t season)
      : span_(season * ((window_min + season - 1) / season)), level_(y.begin(), y.end()) {
    std::vector<double> sizes;
    for (const double value : y)
      sizes.push_back(std::abs(value));
    take_off_trend();
    take_off_season(season, without_level());
    remainder_ = without_level();
    low_ = quantile(remainder_, 0.25);
    high_ = quantile(remainder_, 0.75);
    range_ = std::max(high_ - low_, range_min * median(sizes));
  }

  bool is_outlier(std::size_t i) const {
    return remainder_[i] < low_ - outlier_ranges * range_ ||
           remainder_[i] > high_ + outlier_ranges * range_;
  }

  std::vector<std::size_t> level_shifts() const {
    std::vector<std::size_t> shifts;
    double largest = 0.0;
    const auto y = std::span(level_);
    for (auto i = span_; i + span_ <= y.size(); ++i) {
      const double step = y[i] - y[i - 1];
      if (std::abs(step) <= shift_ranges / 2 * range_) continue;
      const double change = median(y.subspan(i, span_)) - median(y.subspan(i - span_, span_));
      const double size = std::abs(change);
      if (size <= shift_ranges * range_ || step * change <= 0 || std::abs(step) * 2 <= size) {
        continue;
      }
      const bool is_new = shifts.empty() || i - shifts.back() >= span_;
      if (!is_new && std::abs(step) <= largest) continue;
      if (!is_new) shifts.pop_back();
      shifts.push_back(i);
      largest = std::abs(step);
    }
    return shifts;
  }

 private:
  void take_off_trend() {
    if (level_.size() <= span_) return;
    std::vector<double> changes;
    for (auto i = span_; i < level_.size(); ++i)
      changes.push_back(level_[i] - level_[i - span_]);
    const double slope = median(changes) / static_cast<double>(span_);
    for (std::size_t i = 0; i < level_.size(); ++i)
      level_[i] -= slope * static_cast<double>(i);
  }

  std::vector<double> without_level() const {
    const auto medians = running_median(level_, span_ | 1U);
    std::vector<double> rest;
    for (std::size_t i = 0; i < level_.size(); ++i)
      rest.push_back(level_[i] - medians[i]);
    return rest;
  }

  void take_off_season(std::size_t season, std::span<const double> rest) {
    for (std::size_t place = 0; season > 1 && place < season; ++place) {
      std::vector<double> values;
      for (auto i = place; i < rest.size(); i += season)
        values.push_back(rest[i]);
      const double usual = median(values);
      for (auto i = place; i < rest.size(); i += season)
        level_[i] -= usual;
    }
  }

  std::size_t span_;           // whole seasons, window_min at least
  std::vector<double> level_;  // without trend and season
  std::vector<double> remainder_;
  double low_ = 0.0;
  double high_ = 0.0;
  double range_ = 0.0;
};

}  // namespace

UnusualValues unusual_values(std::span<const double> y, int season_length) {
  if (y.size() < unusual_values_min) return {};
  const auto asked = static_cast<std::size_t>(std::max(1, season_length));
  const auto season = y.size() / seasons_min >= asked ? asked : 1;
  const double largest =
      std::abs(*std::ranges::max_element(y, {}, [](double value) { return std::abs(value); }));
  if (largest == 0.0) return {};
  std::vector<double> scaled;
  for (const double value : y)
    scaled.push_back(value / largest);
  const Decomposed plain(scaled, season);
  UnusualValues found{.outliers = {}, .level_shifts = plain.level_shifts()};
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (plain.is_outlier(i)) found.outliers.push_back(i);
  }
  const bool is_positive = std::ranges::all_of(y, [](double value) { return value > 0; });
  if (!is_positive || (found.outliers.empty() && found.level_shifts.empty())) return found;
  for (std::size_t i = 0; i < y.size(); ++i)
    scaled[i] = std::log(y[i]);
  const Decomposed logarithms(scaled, season);
  std::erase_if(found.outliers, [&](std::size_t i) { return !logarithms.is_outlier(i); });
  const auto shifts = logarithms.level_shifts();
  std::erase_if(found.level_shifts,
                [&](std::size_t i) { return !std::ranges::binary_search(shifts, i); });
  return found;
}

}  // namespace trainyard::forecast
