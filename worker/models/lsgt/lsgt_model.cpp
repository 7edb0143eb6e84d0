#include "worker/models/lsgt/lsgt_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/lsgt/fitted_lsgt.hpp"
#include "worker/models/lsgt/lsgt_posterior.hpp"
#include "worker/models/numeric/scaled_series.hpp"

namespace trainyard::models {
namespace {

// With seasons longer than this, a slope learnt from single periods leads astray.
constexpr int long_season = 6;

std::vector<double> ratios_of(const ThetaSeason& season, std::size_t season_length) {
  if (season.indices.empty()) return std::vector<double>(season_length, 1.0);
  return season.indices;
}

class Lsgt final : public Model {
 public:
  std::string_view name() const override { return "lsgt"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 4}));
    scale_to_mean_size(data);
    const auto m = static_cast<std::size_t>(series.season_length);
    auto season = find_season(data.y, series.season_length, Shrinkage::none, context.stop);
    const bool has_ratios =
        m > 1 && data.y.size() > m + 3 && std::ranges::min(data.y) > 0.0 &&
        (season.indices.empty() || season.composition == Composition::multiplicative);
    LsgtCore core{.count = data.y.size(), .scale = data.scale, .seed = context.seed};
    std::vector<double> ratios;
    if (has_ratios) {
      ratios = ratios_of(season, m);
    } else {
      core.difference = std::move(season);
    }
    core.draws = draws_of(without(data.y, core.difference), ratios, series.season_length, context);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    return std::make_unique<FittedLsgt>(std::move(core), std::move(data.y), std::move(ratios));
  }

 private:
  static std::vector<double> without(const std::vector<double>& y, const ThetaSeason& season) {
    auto adjusted = y;
    for (std::size_t t = 0; t < y.size(); ++t)
      adjusted[t] = season.without(y[t], t);
    return adjusted;
  }

  static std::vector<LsgtDraw> draws_of(std::span<const double> y,
                                        const std::vector<double>& season, int season_length,
                                        const FitContext& context) {
    const auto recent = std::max<std::size_t>(250, 6 * season.size());
    const auto skipped = y.size() > recent ? y.size() - recent : 0;
    LsgtProblem problem{
        .y = y.subspan(skipped),
        .season = season,
        .local_trend = season_length > long_season ? LocalTrend::none : LocalTrend::damped};
    if (!season.empty())
      std::ranges::rotate(problem.season, problem.season.begin() +
                                              static_cast<std::ptrdiff_t>(skipped % season.size()));
    std::vector<LsgtDraw> draws;
    for (const auto& p : draw_lsgt(problem, context.seed, context.stop)) {
      if (context.stop.stop_requested()) return {};
      LsgtDraw draw{.parameters = p,
                    .now = begin(p, y[0], season.empty() ? 1.0 : season[0]),
                    .season = season};
      for (std::size_t t = 1; t < y.size(); ++t)
        advance(draw, y[t], t);
      draws.push_back(std::move(draw));
    }
    return draws;
  }
};

}  // namespace

std::unique_ptr<Model> make_lsgt() {
  return std::make_unique<Lsgt>();
}

Result<std::unique_ptr<FittedModel>> load_lsgt(const nlohmann::json& state) {
  return FittedLsgt::load(state);
}

}  // namespace trainyard::models
