#include "worker/models/ces/ces_model.hpp"

#include "worker/models/ces/ces_backcast.hpp"
#include "worker/models/ces/ces_fit.hpp"
#include "worker/models/ces/fitted_ces.hpp"
#include "worker/models/hyperparameters.hpp"
#include "worker/models/numeric/scaled_series.hpp"

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

class Ces final : public Model {
 public:
  std::string_view name() const override { return "ces"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    constexpr std::array<std::string_view, 5> choices{"auto", "N", "S", "P", "F"};
    Hyperparameters settings(name(), context.hyperparameters);
    const auto chosen = settings.choice("form", "auto", choices);
    TRY_DO(settings.result());
    const auto season = static_cast<std::size_t>(std::max(1, series.season_length));
    const bool seasonal = season > 1 && series.y.size() >= 2 * season;
    TRY(auto data, scaled(series, {.model = name(), .observations = 4}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    const CesTask task{
        .y = data.y, .season_length = static_cast<int>(season), .stop = context.stop};
    const auto form =
        static_cast<CesForm>(std::ranges::find(choices, chosen) - choices.begin() - 1);
    CesFit fit =
        chosen == "auto" ? select_ces(task) : fit_ces(task, seasonal ? form : CesForm::none);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    CesCore core{.form = fit.form,
                 .parameters = fit.parameters,
                 .now = fit.initial,
                 .next = data.y.size() % fit.initial.slots(),
                 .error = std::sqrt(fit.variance),
                 .scale = data.scale};
    ces_forward(data.y, core.now, CesGains(core.parameters), [](double) {}, context.stop);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    return std::make_unique<FittedCes>(std::move(core), std::move(fit.initial), std::move(data.y));
  }
};

}  // namespace

std::unique_ptr<Model> make_ces() {
  return std::make_unique<Ces>();
}

Result<std::unique_ptr<FittedModel>> load_ces(const nlohmann::json& state) {
  return FittedCes::load(state);
}

}  // namespace trainyard::models
