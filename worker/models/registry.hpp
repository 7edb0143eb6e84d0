#pragma once

#include "worker/models/model.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace trainyard::models {

// Names that can be asked for, in the order in which they are listed to users. `ensemble` is not
// among them: it combines others and lives in worker/forecast.
std::span<const std::string_view> model_names();

// nullptr for a name that is not listed.
std::unique_ptr<Model> make_model(std::string_view name);

// The fit that FittedModel::save() wrote. invalid_argument for text that is none, of a format or a
// model this version does not know, naming the key.
Result<std::unique_ptr<FittedModel>> load_model(std::string_view text);

}  // namespace trainyard::models
