#include "worker/forecast/saved_segment.hpp"

#include "worker/models/registry.hpp"

#include <fmt/format.h>

#include <utility>

namespace trainyard::forecast {
namespace {

Error of_member(Error error, const std::string& model) {
  error.detail = fmt::format("{}: {}", model, error.detail);
  return error;
}

}  // namespace

std::optional<SavedSegment> save_segment(const PreparedSeries& series, const Insight& insight,
                                         const std::string& best_model, const SavingPlan& plan) {
  const auto length = series.y.size();
  SavedSegment saved{.segment = series.segment,
                     .model = best_model,
                     .description = plan.description,
                     .combination = plan.combination,
                     .conformal = plan.conformal,
                     .covariates = plan.covariates,
                     .frequency = series.frequency,
                     .step = series.step,
                     .anchor = series.anchor,
                     .next_step = series.first_step + static_cast<std::int64_t>(length),
                     .start = series.start,
                     .observations = static_cast<std::int64_t>(length),
                     .levels = plan.levels};
  for (const auto& [model, weight, explanation] : insight.members) {
    if (!explanation || explanation->saved.empty()) return std::nullopt;
    saved.members.push_back({.model = model,
                             .weight = weight,
                             .band = band_factor(model, series.frequency, length),
                             .fit = explanation->saved});
  }
  if (saved.members.empty()) return std::nullopt;
  if (saved.members.size() > 1) saved.band = band_factor(best_model, series.frequency, length);
  return saved;
}

Result<LoadedSegment> LoadedSegment::load(SavedSegment saved) {
  std::vector<Fitted> fits;
  for (const auto& member : saved.members) {
    auto fitted = models::load_model(member.fit);
    if (!fitted) return fail(of_member(std::move(fitted).error(), member.model));
    fits.push_back(std::move(*fitted));
  }
  return LoadedSegment(std::move(saved), std::move(fits));
}

std::vector<TimePoint> LoadedSegment::dates(int horizon) const {
  std::vector<TimePoint> dates;
  for (int i = 0; i < horizon; ++i)
    dates.push_back(domain::advance(saved_.anchor, saved_.step, saved_.next_step + i));
  return dates;
}

Result<models::Forecast> LoadedSegment::forecast(const models::ForecastRequest& request) const {
  std::vector<FitOutcome> outcomes;
  std::vector<double> weights;
  for (std::size_t i = 0; i < fits_.size(); ++i) {
    const auto& member = saved_.members[i];
    auto made = fits_[i]->forecast(request);
    if (!made) return fail(of_member(std::move(made).error(), member.model));
    widen(*made, member.band, 1);
    outcomes.push_back({.forecast = std::move(*made), .description = {}});
    weights.push_back(member.weight);
  }
  auto result = std::move(outcomes.front().forecast);
  if (outcomes.size() > 1) {
    outcomes.front().forecast = std::move(result);
    result = saved_.combination == Combination::median ? median_of(outcomes)
                                                       : weighted_mean_of(outcomes, weights);
    widen(result, saved_.band, 1);
  }
  set_bands(result, saved_.conformal);
  return result;
}

Result<LoadedSegment> LoadedSegment::update(
    std::span<const double> next, std::span<const std::span<const double>> covariates) const {
  auto later = saved_;
  std::vector<Fitted> fits;
  const models::Series series{
      .y = next,
      .start = domain::advance(saved_.start, saved_.frequency, saved_.observations),
      .frequency = saved_.frequency,
      .season_length = domain::season_length(saved_.frequency),
      .covariates = {covariates.begin(), covariates.end()}};
  for (std::size_t i = 0; i < fits_.size(); ++i) {
    auto& member = later.members[i];
    auto fitted = fits_[i]->update(series);
    if (!fitted) return fail(of_member(std::move(fitted).error(), member.model));
    auto text = (*fitted)->save();
    if (!text) return fail(of_member(std::move(text).error(), member.model));
    member.fit = std::move(*text);
    fits.push_back(std::move(*fitted));
  }
  later.next_step += static_cast<std::int64_t>(next.size());
  later.observations += static_cast<std::int64_t>(next.size());
  return LoadedSegment(std::move(later), std::move(fits));
}

}  // namespace trainyard::forecast
