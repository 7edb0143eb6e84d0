#include "worker/models/xgboost/tree_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace trainyard::models {
namespace {

using std::chrono::days;
using std::chrono::microseconds;

constexpr int periods_max = 100'000;
constexpr std::array<std::string_view, 2> transform_names{"none", "logarithm"};
constexpr std::array<std::string_view, 3> differencing_names{"none", "first", "seasonal"};

std::vector<int> read_periods(StateReader& reader, std::string_view key) {
  std::vector<int> periods;
  for (const double value : reader.numbers(key)) {
    if (value < 1.0 || value > periods_max || value != std::floor(value) ||
        (!periods.empty() && value <= periods.back()))
      reader.refuse(key,
                    fmt::format("a list of numbers of periods up to {}, ascending", periods_max));
    else
      periods.push_back(static_cast<int>(value));
  }
  return periods;
}

}  // namespace

void store_plan(const FeaturePlan& plan, nlohmann::json& state) {
  state["differencing"] = differencing_names[static_cast<std::size_t>(plan.differencing)];
  state["lags"] = plan.lags;
  state["windows"] = plan.windows;
  state["steps"] = plan.steps;
  state["season"] = plan.season_length;
  state["place"] = plan.has_place ? 1 : 0;
  state["calendar"] = plan.has_calendar ? 1 : 0;
  state["covariates"] = plan.covariates;
  state["start"] = plan.start.time_since_epoch().count();
  state["frequency"] = domain::to_string(plan.frequency);
}

FeaturePlan read_plan(StateReader& reader) {
  constexpr auto furthest = days(4'000'000);  // either side of 1970: the years -8981 to 12921
  const auto count = [&](std::string_view key, std::int64_t least, std::int64_t most) {
    const auto value = reader.integer(key);
    if (value < least || value > most)
      reader.refuse(key, fmt::format("from {} to {}", least, most));
    return value;
  };
  FeaturePlan plan{
      .differencing = static_cast<Differencing>(reader.choice("differencing", differencing_names)),
      .lags = read_periods(reader, "lags"),
      .windows = read_periods(reader, "windows"),
      .steps = static_cast<int>(count("steps", 1, periods_max)),
      .season_length = static_cast<int>(count("season", 1, periods_max)),
      .has_place = count("place", 0, 1) > 0,
      .has_calendar = count("calendar", 0, 1) > 0};
  plan.covariates = static_cast<std::size_t>(count("covariates", 0, periods_max));
  plan.start = TimePoint(microseconds(reader.integer("start")));
  if (abs(plan.start.time_since_epoch()) > furthest)
    reader.refuse("start", "a time in microseconds since 1970");
  if (const auto frequency = domain::parse_frequency(reader.text("frequency")))
    plan.frequency = *frequency;
  else
    reader.refuse("frequency", "a frequency");
  return plan;
}

void store_transform(Transform transform, nlohmann::json& state) {
  state["transform"] = transform_names[static_cast<std::size_t>(transform)];
}

Transform read_transform(StateReader& reader) {
  return static_cast<Transform>(reader.choice("transform", transform_names));
}

void store_bands(const ConformalBands& bands, nlohmann::json& state) {
  state["typical_errors"] = bands.typical_errors();
  state["scores"] = bands.scores();
}

ConformalBands read_bands(StateReader& reader) {
  const auto ascending = [&](std::string_view key) {
    auto values = reader.numbers(key);
    if (values.empty() || values.front() < 0.0 || !std::ranges::is_sorted(values))
      reader.refuse(key, "a list of numbers from 0 on, ascending");
    return values;
  };
  auto typical = ascending("typical_errors");
  return {std::move(typical), ascending("scores")};
}

}  // namespace trainyard::models
