#include "worker/forecast/infer_frequency.hpp"

#include <chrono>
#include <numeric>

namespace trainyard::forecast {
namespace {

using domain::Frequency;
using domain::Period;
using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::int64_t emptiest_grid = 4;  // periods per observation
constexpr std::size_t business_days_min = 5;

// How many `unit`s lie between neighbours in every case, as their common divisor; 0 if off the
// grid.
int common_step(std::span<const TimePoint> times, Period unit) {
  const auto anchor = anchor_of(times);
  std::int64_t common = 0;
  std::optional<std::int64_t> previous;
  for (const auto time : times) {
    const auto index = domain::periods_between(anchor, time, {unit, 1});
    if (!index) return 0;
    if (previous) common = std::gcd(common, *index - *previous);
    previous = index;
  }
  return common <= 100'000 ? static_cast<int>(common) : 0;
}

bool skips_weekends(std::span<const TimePoint> times) {
  if (times.size() < business_days_min) return false;
  bool crosses_one = false;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::chrono::weekday weekday{std::chrono::floor<days>(times[i])};
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) return false;
    crosses_one = crosses_one ||
                  (i > 0 && weekday == std::chrono::Monday && times[i] - times[i - 1] == days(3));
  }
  return crosses_one;
}

std::optional<Frequency> on_calendar(std::span<const TimePoint> times) {
  if (const int months = common_step(times, Period::month); months > 0) {
    if (months % 12 == 0) return Frequency{Period::year, months / 12};
    if (months % 3 == 0) return Frequency{Period::quarter, months / 3};
    return Frequency{Period::month, months};
  }
  if (const int step = common_step(times, Period::day); step > 0) {
    if (step % 7 == 0) return Frequency{Period::week, step / 7};
    if (step == 1 && skips_weekends(times)) return Frequency{Period::business_day, 1};
    return Frequency{Period::day, step};
  }
  for (const auto unit : {Period::hour, Period::minute, Period::second}) {
    if (const int step = common_step(times, unit); step > 0) return Frequency{unit, step};
  }
  return std::nullopt;
}

}  // namespace

TimePoint anchor_of(std::span<const TimePoint> times) {
  for (const auto time : times) {
    const year_month_day date{std::chrono::floor<days>(time)};
    if (date.day() != (date.year() / date.month() / std::chrono::last).day()) return time;
  }
  return times.front();
}

std::optional<Frequency> infer_frequency(std::span<const TimePoint> times) {
  if (times.size() < 2) return std::nullopt;
  const auto frequency = on_calendar(times);
  if (!frequency) return std::nullopt;
  const auto periods = domain::periods_between(times.front(), times.back(), *frequency);
  const auto most = emptiest_grid * static_cast<std::int64_t>(times.size());
  if (periods && *periods > most) return std::nullopt;
  return frequency;
}

}  // namespace trainyard::forecast
