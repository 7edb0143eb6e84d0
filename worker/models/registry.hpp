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

}  // namespace trainyard::models
