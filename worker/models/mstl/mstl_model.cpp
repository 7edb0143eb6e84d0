#include "worker/models/mstl/mstl_model.hpp"

#include "worker/models/hyperparameters.hpp"
#include "worker/models/mstl/fitted_mstl.hpp"
#include "worker/models/mstl/stl.hpp"
#include "worker/models/numeric/scaled_series.hpp"
#include "worker/models/registry.hpp"

#include <algorithm>

namespace trainyard::models {
namespace {

struct Settings {
  std::string model;
  std::string settings;  // JSON object
};

std::vector<std::size_t> seasons_of(const Series& series) {
  std::vector<int> lengths = series.long_seasons;
  lengths.push_back(series.season_length);
  std::ranges::sort(lengths);
  const auto repeated = std::ranges::unique(lengths);
  lengths.erase(repeated.begin(), repeated.end());
  std::vector<std::size_t> seasons;
  for (const int length : lengths)
    if (length > 1 && std::cmp_less_equal(length, series.y.size() / 2))
      seasons.push_back(static_cast<std::size_t>(length));
  return seasons;
}

class Mstl final : public Model {
 public:
  std::string_view name() const override { return "mstl"; }

  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const override {
    TRY(const auto settings, settings_of(context.hyperparameters));
    TRY(const auto data, scaled(series, {.model = name()}));
    const auto lengths = seasons_of(series);
    const auto parts = mstl({.y = data.y, .seasons = lengths, .stop = context.stop});
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "stopped on request");

    std::vector<double> rest = data.y;
    std::vector<MstlSeason> seasons;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const auto& season = parts.seasons[i];
      for (std::size_t t = 0; t < rest.size(); ++t)
        rest[t] -= season[t];
      const auto last = season.end() - static_cast<std::ptrdiff_t>(lengths[i]);
      seasons.push_back({.next = {last, season.end()}, .history = season});
    }
    Series adjusted = series;
    adjusted.y = rest;
    adjusted.season_length = 1;
    adjusted.long_seasons.clear();
    FitContext inner = context;
    inner.hyperparameters = settings.settings;
    TRY(auto fitted, make_model(settings.model)->fit(adjusted, inner));
    return std::make_unique<FittedMstl>(std::move(fitted), std::move(seasons), data.scale);
  }

 private:
  Result<Settings> settings_of(std::string_view text) const {
    std::vector<std::string_view> others;
    for (const auto other : model_names())
      if (other != name()) others.push_back(other);
    Hyperparameters hyperparameters(name(), text);
    Settings settings{.model = hyperparameters.choice("model", "ets", others)};
    if (settings.model == "ets") settings.settings = R"({"form": "ZZN"})";
    if (const auto* given = hyperparameters.json("settings")) {
      if (given->is_object())
        settings.settings = given->dump();
      else
        hyperparameters.refuse("settings", "expected an object with settings of the model");
    }
    TRY_DO(hyperparameters.result());
    return settings;
  }
};

}  // namespace

std::unique_ptr<Model> make_mstl() {
  return std::make_unique<Mstl>();
}

Result<std::unique_ptr<FittedModel>> load_mstl(const nlohmann::json& state) {
  return FittedMstl::load(state);
}

}  // namespace trainyard::models
