#include "worker/models/global_model.hpp"

namespace trainyard::models {

Result<std::unique_ptr<FittedModel>> GlobalModel::fit(const Series& series,
                                                      const FitContext& context) const {
  TRY(const auto learned, fit_all({&series, 1}, std::nullopt, context));
  return learned->on(series);
}

const GlobalModel* as_global(const Model& model) {
  return dynamic_cast<const GlobalModel*>(&model);
}

}  // namespace trainyard::models
