#pragma once

#include "common/config/settings.hpp"
#include "common/log/log.hpp"
#include "common/ports/access_store.hpp"
#include "common/ports/identity.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trainyard {

// Who may come in, as the settings say.
std::unique_ptr<ports::Identity> make_identity(const config::Settings& settings,
                                               const log::Log& log, ports::AccessStore& store);

// The names that a server goes by while nobody signs in; empty: any.
std::vector<std::string> host_names_of(const config::Settings& settings);

}  // namespace trainyard
