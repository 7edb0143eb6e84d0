#include "worker/models/model.hpp"

namespace trainyard::models {

Result<std::unique_ptr<FittedModel>> FittedModel::update(const Series&) const {
  return fail(Errc::internal, "this model cannot be updated");
}

Result<std::string> FittedModel::save() const {
  return fail(Errc::internal, "this model cannot be saved");
}

}  // namespace trainyard::models
