#include "worker/models/prophet/prophet_state.hpp"

#include "worker/models/saved_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace trainyard::models {
namespace {

using nlohmann::json;
using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;

constexpr std::int64_t day_max = 4'000'000;  // either side of 1970: the years -8981 to 12921
constexpr std::size_t observations_max = 1'000'000'000;
constexpr std::array<std::string_view, 3> growths{"linear", "logistic", "flat"};
constexpr std::array<std::string_view, 2> effects{"additive", "multiplicative"};

std::unexpected<Error> unreadable(std::string_view field, std::string_view expected) {
  return fail({.code = Errc::invalid_argument,
               .detail = fmt::format("the saved model's '{}' is not {}", field, expected),
               .field = std::string(field)});
}

json write(const FourierColumns& fourier) {
  return {{"period", fourier.period}, {"order", fourier.order}};
}

json write(const HolidayColumns& holidays) {
  json columns = json::array();
  for (const auto& column : holidays.days) {
    json numbers = json::array();
    for (const auto day : column)
      numbers.push_back(day.time_since_epoch().count());
    columns.push_back(std::move(numbers));
  }
  return {{"days", std::move(columns)}};
}

json write(const CovariateColumn& column) {
  return {{"covariate", column.covariate}, {"mean", column.mean}, {"unit", column.unit}};
}

json write(const FeatureGroup& group) {
  json result = std::visit([](const auto& kind) { return write(kind); }, group.kind);
  result["name"] = group.name;
  result["effect"] = effects[static_cast<std::size_t>(group.effect)];
  return result;
}

Result<HolidayColumns> read_holidays(const json& columns) {
  HolidayColumns holidays;
  if (!columns.is_array()) return unreadable("days", "a list of lists");
  for (const json& column : columns) {
    auto& list = holidays.days.emplace_back();
    if (!column.is_array()) return unreadable("days", "a list of lists");
    for (const json& day : column) {
      if (!day.is_number_integer() || day < -day_max || day > day_max)
        return unreadable("days", "lists of days since 1970");
      list.push_back(sys_days(days(day.get<int>())));
    }
  }
  return holidays;
}

Result<FeatureGroup> read_group(const json& saved) {
  if (!saved.is_object()) return unreadable("groups", "a list of objects");
  StateReader reader(saved);
  FeatureGroup group{.name = reader.text("name")};
  group.effect = static_cast<Effect>(reader.choice("effect", effects));
  if (saved.contains("order")) {
    const auto order = reader.integer("order");
    const double period = reader.number("period");
    if (order < 1 || order > 1000 || !(period > 0.0))
      return unreadable("order", "from 1 to 1000 with a positive period");
    group.kind = FourierColumns{.period = period, .order = static_cast<int>(order)};
  } else if (saved.contains("days")) {
    TRY(group.kind, read_holidays(saved["days"]));
  } else {
    const auto covariate = reader.integer("covariate");
    const double unit = reader.number("unit");
    if (covariate < 0 || !(unit > 0.0)) return unreadable("covariate", "an index with a unit");
    group.kind = CovariateColumn{.covariate = static_cast<std::size_t>(covariate),
                                 .mean = reader.number("mean"),
                                 .unit = unit};
  }
  TRY_DO(reader.result());
  return group;
}

Result<void> check(const ProphetState& state) {
  const auto& trend = state.form.trend;
  if (state.form.clock.span.count() <= 0) return unreadable("span", "positive");
  if (abs(state.form.clock.start.time_since_epoch()) > days(day_max))
    return unreadable("start", "a time in microseconds since 1970");
  if (state.observations < 1 || state.observations > observations_max)
    return unreadable("observations", "a number of them");
  if (state.samples < 1 || state.samples > 100'000) return unreadable("samples", "1 to 100000");
  if (!(state.form.units.outer > 0.0) || !(state.form.units.inner > 0.0))
    return unreadable("outer", "a positive unit");
  if (state.parameters.delta.size() != trend.changepoints.size() ||
      !std::ranges::is_sorted(trend.changepoints))
    return unreadable("changepoints", "ascending with a delta each");
  if (state.parameters.beta.size() != count_columns(state.form.groups))
    return unreadable("beta", "as long as the groups have columns");
  // Covariates are numbered by their place, one group each.
  std::size_t next = 0;
  for (const auto& group : state.form.groups)
    if (const auto* column = std::get_if<CovariateColumn>(&group.kind))
      if (column->covariate != next++) return unreadable("covariate", "the next index");
  return {};
}

}  // namespace

std::size_t ProphetState::covariates() const {
  return std::ranges::count_if(form.groups, [](const FeatureGroup& group) {
    return std::holds_alternative<CovariateColumn>(group.kind);
  });
}

json to_json(const ProphetState& state) {
  const auto& [clock, units, trend, groups] = state.form;
  json saved_groups = json::array();
  for (const auto& group : groups)
    saved_groups.push_back(write(group));
  return {{"start", clock.start.time_since_epoch().count()},
          {"frequency", domain::to_string(clock.frequency)},
          {"span", clock.span.count()},
          {"outer", units.outer},
          {"inner", units.inner},
          {"floor", units.floor},
          {"growth", growths[static_cast<std::size_t>(trend.growth)]},
          {"cap", trend.cap},
          {"changepoints", trend.changepoints},
          {"groups", std::move(saved_groups)},
          {"k", state.parameters.k},
          {"m", state.parameters.m},
          {"beta", state.parameters.beta},
          {"delta", state.parameters.delta},
          {"sigma", state.parameters.sigma},
          {"observations", state.observations},
          {"samples", state.samples},
          {"seed", std::bit_cast<std::int64_t>(state.seed)}};
}

Result<ProphetState> prophet_from_json(const json& saved) {
  StateReader reader(saved);
  ProphetState state;
  auto& [clock, units, trend, groups] = state.form;
  clock.start = TimePoint(microseconds(reader.integer("start")));
  const auto frequency = domain::parse_frequency(reader.text("frequency"));
  clock.span = microseconds(reader.integer("span"));
  units = {.outer = reader.number("outer"),
           .inner = reader.number("inner"),
           .floor = reader.number("floor")};
  trend.growth = static_cast<Growth>(reader.choice("growth", growths));
  trend.cap = reader.number("cap");
  trend.changepoints = reader.numbers("changepoints");
  state.parameters = {.k = reader.number("k"),
                      .m = reader.number("m"),
                      .beta = reader.numbers("beta"),
                      .delta = reader.numbers("delta"),
                      .sigma = reader.number("sigma")};
  const auto observations = reader.integer("observations");
  const auto samples = reader.integer("samples");
  state.seed = std::bit_cast<std::uint64_t>(reader.integer("seed"));
  TRY_DO(reader.result());
  if (!frequency) return unreadable("frequency", "a frequency");
  clock.frequency = *frequency;
  state.observations = static_cast<std::size_t>(std::max<std::int64_t>(0, observations));
  state.samples = static_cast<int>(std::clamp<std::int64_t>(samples, 0, 1'000'000));
  if (!saved.contains("groups") || !saved["groups"].is_array())
    return unreadable("groups", "a list of objects");
  for (const json& group : saved["groups"]) {
    TRY(auto read, read_group(group));
    groups.push_back(std::move(read));
  }
  TRY_DO(check(state));
  return state;
}

}  // namespace trainyard::models
