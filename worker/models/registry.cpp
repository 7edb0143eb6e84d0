#include "worker/models/registry.hpp"

#include "worker/models/arima/arima_model.hpp"
#include "worker/models/arima/fitted_arima.hpp"
#include "worker/models/ces/ces_model.hpp"
#include "worker/models/ets/ets_model.hpp"
#include "worker/models/ets/fitted_ets.hpp"
#include "worker/models/intermittent/intermittent_models.hpp"
#include "worker/models/lgt/lgt_model.hpp"
#include "worker/models/lsgt/lsgt_model.hpp"
#include "worker/models/mstl/mstl_model.hpp"
#include "worker/models/naive/naive_models.hpp"
#include "worker/models/prophet/prophet_model.hpp"
#include "worker/models/saved_model.hpp"
#include "worker/models/theta/theta_model.hpp"
#include "worker/models/xgboost/xgboost_global.hpp"
#include "worker/models/xgboost/xgboost_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trainyard::models {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<Model> (*make)();
  Result<std::unique_ptr<FittedModel>> (*load)(const nlohmann::json& state);
};

constexpr std::array entries{
    Entry{"seasonal_naive", make_seasonal_naive, load_seasonal_naive},
    Entry{"naive", make_naive, load_naive},
    Entry{"drift", make_drift, load_drift},
    Entry{"naive2", make_naive2, load_naive2},
    Entry{"ets", make_ets, load_ets},
    Entry{"theta", make_theta, load_theta},
    Entry{"auto_theta", make_auto_theta, load_theta},
    Entry{"arima", make_arima, load_arima},
    Entry{"ces", make_ces, load_ces},
    Entry{"mstl", make_mstl, load_mstl},
    Entry{"croston", make_croston, load_croston},
    Entry{"sba", make_sba, load_sba},
    Entry{"tsb", make_tsb, load_tsb},
    Entry{"lgt", make_lgt, load_lgt},
    Entry{"lsgt", make_lsgt, load_lsgt},
    Entry{"prophet", make_prophet, load_prophet},
    Entry{"xgboost", make_xgboost, load_xgboost},
    Entry{"xgboost_global", make_xgboost_global, load_xgboost},
};

constexpr auto names = [] {
  std::array<std::string_view, entries.size()> all;
  for (std::size_t i = 0; i < entries.size(); ++i)
    all[i] = entries[i].name;
  return all;
}();

}  // namespace

std::span<const std::string_view> model_names() {
  return names;
}

std::unique_ptr<Model> make_model(std::string_view name) {
  for (const Entry& entry : entries)
    if (entry.name == name) return entry.make();
  return nullptr;
}

Result<std::unique_ptr<FittedModel>> load_model(std::string_view text) {
  TRY(const auto saved, read_saved(text));
  const auto entry = std::ranges::find(entries, saved.model, &Entry::name);
  if (entry == entries.end()) {
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("model '{}' does not exist", saved.model),
                 .field = "model"});
  }
  return entry->load(saved.state);
}

}  // namespace trainyard::models
