#include "worker/models/lgt/lgt_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/lgt/fitted_lgt.hpp"
#include "worker/models/lgt/lgt_posterior.hpp"
#include "worker/models/numeric/scaled_series.hpp"

namespace trainyard::models {
namespace {

class Lgt final : public Model {
 public:
  std::string_view name() const override { return "lgt"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 4}));
    scale_to_mean_size(data);
    LgtCore core{
        .season = find_season(data.y, series.season_length, Shrinkage::james_stein, context.stop),
        .count = data.y.size(),
        .scale = data.scale};
    auto adjusted = data.y;
    for (std::size_t t = 0; t < adjusted.size(); ++t)
      adjusted[t] = core.season.without(adjusted[t], t);
    core.points = lgt_posterior(adjusted, prior_of(series.season_length), context.stop);
    if (context.stop.stop_requested() || core.points.empty())
      return fail(Errc::cancelled, "stopped on request");
    return std::make_unique<FittedLgt>(std::move(core), std::move(data.y));
  }
};

}  // namespace

std::unique_ptr<Model> make_lgt() {
  return std::make_unique<Lgt>();
}

Result<std::unique_ptr<FittedModel>> load_lgt(const nlohmann::json& state) {
  return FittedLgt::load(state);
}

}  // namespace trainyard::models
