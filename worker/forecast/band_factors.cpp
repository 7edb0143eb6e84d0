#include "worker/forecast/band_factors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace trainyard::forecast {
namespace {

// Columns of the table below.
enum class Kind { yearly_short, yearly_long, quarterly, monthly, weekly, daily, hourly };
constexpr std::size_t kinds = 7;

struct Row {
  std::string_view model;
  std::array<double, kinds> first;
  std::array<double, kinds> growth;
};

// loadtest/forecast/calibrate --data DEV: the models by origins 1 and 2, then, with theirs in
// place, the ensemble by origins 1 to 3.
constexpr std::array table{
    Row{"seasonal_naive",
        {1.44, 1.03, 1.16, 1.15, 1.09, 1.10, 1.01},
        {0.50, 0.14, 0.16, 0.00, 0.00, 0.00, 0.00}},
    Row{"ensemble",
        {0.90, 0.96, 0.95, 0.84, 0.83, 0.81, 0.75},
        {0.00, 0.00, 0.02, 0.00, 0.00, 0.00, 0.00}},
    Row{"theta",
        {1.75, 1.03, 1.26, 1.13, 1.00, 1.29, 1.05},
        {0.56, 0.10, 0.28, 0.14, 0.04, 0.00, 0.00}},
    Row{"lgt",
        {1.17, 0.98, 1.14, 1.01, 0.76, 1.42, 1.02},
        {0.24, 0.10, 0.12, 0.10, 0.02, 0.00, 0.00}},
    Row{"lsgt",
        {1.37, 0.94, 1.15, 0.97, 1.08, 1.14, 0.94},
        {0.16, 0.10, 0.16, 0.18, 0.06, 0.00, 0.00}},
    Row{"ets",
        {1.35, 1.00, 1.17, 1.09, 0.73, 1.43, 0.88},
        {0.36, 0.16, 0.22, 0.12, 0.02, 0.00, 0.00}},
    Row{"arima",
        {1.93, 1.00, 1.32, 1.11, 0.95, 1.35, 0.95},
        {0.26, 0.12, 0.26, 0.10, 0.00, 0.00, 0.00}},
    Row{"ces",
        {1.69, 1.02, 1.23, 1.20, 1.02, 1.44, 1.13},
        {0.42, 0.20, 0.30, 0.20, 0.00, 0.00, 0.00}},
    Row{"mstl",
        {1.35, 1.00, 1.34, 1.34, 0.93, 1.49, 1.35},
        {0.36, 0.16, 0.20, 0.08, 0.00, 0.00, 0.00}},
    Row{"prophet",
        {2.76, 1.92, 2.84, 3.02, 1.67, 1.48, 1.31},
        {0.58, 0.30, 0.36, 0.00, 0.08, 0.00, 0.02}},
    Row{"xgboost",
        {1.27, 1.15, 1.24, 1.14, 1.02, 1.50, 0.98},
        {0.32, 0.12, 0.18, 0.06, 0.00, 0.00, 0.06}},
};

std::optional<Kind> kind_of(const domain::Frequency& frequency, std::size_t length) {
  constexpr std::size_t long_from = 50;
  if (frequency.count != 1) return std::nullopt;
  switch (frequency.period) {
    case domain::Period::year:
      return length >= long_from ? Kind::yearly_long : Kind::yearly_short;
    case domain::Period::quarter:
      return Kind::quarterly;
    case domain::Period::month:
      return Kind::monthly;
    case domain::Period::week:
      return Kind::weekly;
    case domain::Period::day:
      return Kind::daily;
    case domain::Period::hour:
      return Kind::hourly;
    case domain::Period::business_day:
    case domain::Period::minute:
    case domain::Period::second:
      return std::nullopt;
  }
  return std::nullopt;
}

double moved(double mean, double bound, double factor) {
  constexpr double largest = std::numeric_limits<double>::max();
  return std::clamp(mean + factor * (bound - mean), -largest, largest);
}

}  // namespace

BandFactor band_factor(std::string_view model, const domain::Frequency& frequency,
                       std::size_t length) {
  const auto row = std::ranges::find(table, model, &Row::model);
  const auto kind = kind_of(frequency, length);
  if (row == table.end() || !kind) return {};
  const auto column = static_cast<std::size_t>(*kind);
  return {.first = row->first[column], .growth = row->growth[column]};
}

void widen(models::Forecast& forecast, const BandFactor& factor, int first_step) {
  for (auto& [level, lower, upper] : forecast.intervals) {
    for (std::size_t i = 0; i < forecast.mean.size(); ++i) {
      const double step = static_cast<double>(first_step) + static_cast<double>(i);
      const double wider = factor.first * std::pow(step, factor.growth);
      lower[i] = moved(forecast.mean[i], lower[i], wider);
      upper[i] = moved(forecast.mean[i], upper[i], wider);
    }
  }
}

}  // namespace trainyard::forecast
