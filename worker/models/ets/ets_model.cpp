#include "worker/models/ets/ets_model.hpp"

#include "worker/models/ets/ets_select.hpp"
#include "worker/models/ets/fitted_ets.hpp"
#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/scaled_series.hpp"

namespace trainyard::models {
namespace {

class Ets final : public Model {
 public:
  std::string_view name() const override { return "ets"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY_DO(Hyperparameters(name(), context.hyperparameters).result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 5}));
    if (is_constant(data.y)) {
      const EtsState level{.level = data.y.front()};
      EtsFit constant{.smoothing = {.alpha = 0.5}, .initial = level, .final = level};
      return make_fitted_ets(std::move(constant), std::move(data.y), data.scale);
    }
    auto best =
        select_form({.y = data.y, .season_length = series.season_length, .stop = context.stop});
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    return make_fitted_ets(std::move(best), std::move(data.y), data.scale);
  }
};

}  // namespace

std::unique_ptr<Model> make_ets() {
  return std::make_unique<Ets>();
}

}  // namespace trainyard::models
