#include "worker/models/prophet/prophet_features.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trainyard::models {
namespace {

struct Rows {
  std::span<const TimePoint> times;
  std::span<const std::span<const double>> covariates;
  const std::stop_token& stop;
};

// Harmonics by the addition theorems: one sine and cosine per row.
void fill(const FourierColumns& fourier, const Rows& rows, double* out) {
  const std::size_t n = rows.times.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 8192 == 0 && rows.stop.stop_requested()) return;
    const std::chrono::duration<double, std::chrono::days::period> days =
        rows.times[i].time_since_epoch();
    const double angle = 2.0 * std::numbers::pi * std::fmod(days.count() / fourier.period, 1.0);
    const double sine = std::sin(angle);
    const double cosine = std::cos(angle);
    double s = sine;
    double c = cosine;
    for (int j = 0; j < fourier.order; ++j) {
      out[i + n * (2 * j)] = s;
      out[i + n * (2 * j + 1)] = c;
      const double next = s * cosine + c * sine;
      c = c * cosine - s * sine;
      s = next;
    }
  }
}

void fill(const HolidayColumns& holidays, const Rows& rows, double* out) {
  const std::size_t n = rows.times.size();
  for (const auto& days : holidays.days) {
    if (rows.stop.stop_requested()) return;
    std::fill_n(out, n, 0.0);
    for (const auto day : days) {
      // Every period that starts on the day: 24 of hourly data.
      const auto first = std::ranges::lower_bound(rows.times, TimePoint(day));
      const auto last = std::ranges::lower_bound(rows.times, TimePoint(day + std::chrono::days(1)));
      std::fill(out + (first - rows.times.begin()), out + (last - rows.times.begin()), 1.0);
    }
    out += n;
  }
}

void fill(const CovariateColumn& column, const Rows& rows, double* out) {
  for (const double value : rows.covariates[column.covariate])
    *out++ = value / column.unit - column.mean / column.unit;  // the difference may overflow
}

}  // namespace

std::size_t FeatureGroup::columns() const {
  if (const auto* fourier = std::get_if<FourierColumns>(&kind))
    return 2 * static_cast<std::size_t>(fourier->order);
  if (const auto* holidays = std::get_if<HolidayColumns>(&kind)) return holidays->days.size();
  return 1;
}

std::size_t count_columns(std::span<const FeatureGroup> groups) {
  std::size_t count = 0;
  for (const auto& group : groups)
    count += group.columns();
  return count;
}

FeatureMatrix::FeatureMatrix(std::size_t rows, std::size_t columns)
    : rows_(rows), values_(std::make_unique_for_overwrite<double[]>(rows * columns)) {}

FeatureMatrix make_features(std::span<const FeatureGroup> groups, std::span<const TimePoint> times,
                            std::span<const std::span<const double>> covariates,
                            const std::stop_token& stop) {
  const Rows rows{.times = times, .covariates = covariates, .stop = stop};
  FeatureMatrix matrix(times.size(), count_columns(groups));
  std::size_t column = 0;
  for (const auto& group : groups) {
    std::visit([&](const auto& kind) { fill(kind, rows, matrix.column(column)); }, group.kind);
    column += group.columns();
  }
  return matrix;
}

}  // namespace trainyard::models
