#include "worker/models/ets/ets_model.hpp"

#include "worker/models/ets/ets_pattern.hpp"
#include "worker/models/ets/ets_select.hpp"
#include "worker/models/ets/fitted_ets.hpp"
#include "worker/models/numeric/scaled_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

constexpr int season_max = 24;

class Ets final : public Model {
 public:
  std::string_view name() const override { return "ets"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    Hyperparameters settings(name(), context.hyperparameters);
    const EtsPattern pattern = read_pattern(settings);
    TRY_DO(settings.result());
    TRY(auto data, scaled(series, {.model = name(), .observations = 5}));
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (is_constant(data.y)) {
      const EtsState level{.level = data.y.front()};
      EtsFit constant{.smoothing = {.alpha = 0.5}, .initial = level, .final = level};
      return make_fitted_ets(std::move(constant), std::move(data.y), data.scale);
    }

    TRY(const auto forms, forms_for(series, pattern));
    const EtsTask task{.y = data.y, .season_length = series.season_length, .stop = context.stop};
    EtsFit best = forms.size() == 1 ? fit_form(task, forms.front()) : select_form(task, forms);
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (!std::isfinite(best.aicc))
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("{} has no positive forecasts on this series",
                                         to_string(best.form)),
                   .hint = "leave the form open"});
    return make_fitted_ets(std::move(best), std::move(data.y), data.scale);
  }

 private:
  static Result<std::vector<EtsForm>> forms_for(const Series& series, const EtsPattern& pattern) {
    const int season = std::max(1, series.season_length);
    const auto forms = admissible_forms(
        {.season_length = season,
         .positive = std::ranges::min(series.y) > 0.0,
         .seasonal = season <= season_max && std::cmp_greater_equal(series.y.size(), 2 * season)},
        pattern);
    if (forms.empty())
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format(
                       "no ETS form that was asked for is defined on this series: multiplicative "
                       "parts need positive observations, a season 2 to {} periods and two full "
                       "seasons, and unstable combinations \"restrict\": false",
                       season_max),
                   .field = "hyperparameters.ets.form",
                   .hint = "leave the form open"});
    const auto need = [&](const EtsForm& form) { return observations_needed(form, season); };
    const auto least = std::ranges::min(forms | std::views::transform(need));
    if (series.y.size() < least)
      return fail({.code = Errc::invalid_argument,
                   .detail = fmt::format("{} needs at least {} observations, the series has {}",
                                         to_string(forms.front()), least, series.y.size()),
                   .hint = "use more history, or leave the form open"});
    return forms;
  }
};

}  // namespace

std::unique_ptr<Model> make_ets() {
  return std::make_unique<Ets>();
}

}  // namespace trainyard::models
