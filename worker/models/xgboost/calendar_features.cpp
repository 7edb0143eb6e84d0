#include "worker/models/xgboost/calendar_features.hpp"

#include <chrono>

namespace trainyard::models {

void append_calendar_features(TimePoint time, const domain::Frequency& frequency,
                              std::vector<float>& row) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto add = [&](auto value) { row.push_back(static_cast<float>(value)); };
  const auto month = static_cast<unsigned>(date.month());
  const auto day_of_month = static_cast<unsigned>(date.day());
  const auto day_of_year = (day - sys_days(date.year() / January / 1)).count() + 1;
  const auto weekday_number = weekday(day).iso_encoding();
  switch (frequency.period) {
    case domain::Period::year:
      return;
    case domain::Period::quarter:
      add((month + 2) / 3);
      return;
    case domain::Period::month:
      add(month);
      add(static_cast<unsigned>((date.year() / date.month() / last).day()));
      return;
    case domain::Period::week:
      add(month);
      add((day_of_year - 1) / 7 + 1);
      return;
    case domain::Period::day:
    case domain::Period::business_day:
      add(weekday_number);
      add(day_of_month);
      add(day_of_year);
      add(month);
      return;
    case domain::Period::hour:
    case domain::Period::minute:
    case domain::Period::second:
      add(duration<double, hours::period>(time - day).count());
      add(weekday_number);
      add(month);
      return;
  }
}

std::size_t calendar_feature_count(const domain::Frequency& frequency) {
  std::vector<float> row;
  append_calendar_features(TimePoint{}, frequency, row);
  return row.size();
}

}  // namespace trainyard::models
