#include "worker/models/mstl/fitted_mstl.hpp"

#include "worker/models/numeric/normal_bands.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/registry.hpp"
#include "worker/models/saved_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trainyard::models {

double FittedMstl::ahead(std::size_t steps) const {
  double sum = 0.0;
  for (const auto& season : seasons_)
    sum += season.next[steps % season.next.size()];
  return sum;
}

double FittedMstl::in_units(double value) const {
  return finite(value * scale_);
}

Result<Forecast> FittedMstl::forecast(const ForecastRequest& request) const {
  TRY(auto forecast, adjusted_->forecast(request));
  const auto put_back = [&](std::vector<double>& values) {
    for (std::size_t h = 0; h < values.size(); ++h)
      values[h] = in_units(values[h] + ahead(h));
  };
  put_back(forecast.mean);
  for (auto& interval : forecast.intervals) {
    put_back(interval.lower);
    put_back(interval.upper);
  }
  return forecast;
}

std::string FittedMstl::description() const {
  if (seasons_.empty()) return fmt::format("MSTL[] + {}", adjusted_->description());
  std::vector<std::size_t> lengths;
  for (const auto& season : seasons_)
    lengths.push_back(season.next.size());
  return fmt::format("MSTL[{}] + {}", fmt::join(lengths, ", "), adjusted_->description());
}

InSample FittedMstl::in_sample() const {
  InSample said = adjusted_->in_sample();
  for (std::size_t i = 0; i < said.values.size(); ++i) {
    for (const auto& season : seasons_)
      said.values[i] += season.history[said.first + i];
    said.values[i] = in_units(said.values[i]);
  }
  return said;
}

std::vector<Component> FittedMstl::components() const {
  auto parts = adjusted_->components();
  if (parts.empty()) return {};
  for (auto& part : parts)
    for (double& value : part.values)
      value = in_units(value);
  for (const auto& season : seasons_) {
    Component part{.name = fmt::format("season {}", season.next.size())};
    for (const double value : season.history)
      part.values.push_back(in_units(value));
    parts.insert(parts.end() - 1, std::move(part));
  }
  return parts;
}

Result<std::unique_ptr<FittedModel>> FittedMstl::update(const Series& next) const {
  TRY(auto values, scaled_next(next, scale_));
  for (std::size_t h = 0; h < values.size(); ++h)
    values[h] -= ahead(h);
  Series adjusted_next = next;
  adjusted_next.y = values;
  adjusted_next.season_length = 1;
  adjusted_next.long_seasons.clear();
  TRY(auto adjusted, adjusted_->update(adjusted_next));

  auto seasons = seasons_;
  for (auto& [ahead, history] : seasons) {
    if (!history.empty())
      for (std::size_t h = 0; h < values.size(); ++h)
        history.push_back(ahead[h % ahead.size()]);
    const auto passed = static_cast<std::ptrdiff_t>(values.size() % ahead.size());
    std::ranges::rotate(ahead, ahead.begin() + passed);
  }
  return std::make_unique<FittedMstl>(std::move(adjusted), std::move(seasons), scale_);
}

Result<std::string> FittedMstl::save() const {
  TRY(const auto adjusted, adjusted_->save());
  auto seasons = nlohmann::json::array();
  for (const auto& season : seasons_)
    seasons.push_back({{"next", season.next}});
  return saved_text("mstl", {{"adjusted", nlohmann::json::parse(adjusted)},
                             {"seasons", std::move(seasons)},
                             {"scale", scale_}});
}

Result<std::unique_ptr<FittedModel>> FittedMstl::load(const nlohmann::json& state) {
  StateReader reader(state);
  const auto& adjusted = reader.object("adjusted");
  const double scale = reader.number("scale");
  if (!(scale > 0.0)) reader.refuse("scale", "a positive number");
  const auto listed = state.find("seasons");
  if (listed == state.end() || !listed->is_array()) reader.refuse("seasons", "a list");
  TRY_DO(reader.result());
  std::vector<MstlSeason> seasons;
  for (const auto& item : *listed) {
    StateReader season(item);
    seasons.push_back({.next = season.numbers("next")});
    if (seasons.back().next.empty()) season.refuse("next", "a list of numbers");
    TRY_DO(season.result());
  }
  TRY(auto inner, load_model(adjusted.dump()));
  return std::make_unique<FittedMstl>(std::move(inner), std::move(seasons), scale);
}

}  // namespace trainyard::models
