#pragma once

#include "common/config/settings.hpp"
#include "common/runtime/lifecycle.hpp"
#include "deploy/trainyard/roles/backbone.hpp"

#include <memory>

namespace trainyard {

// Claims jobs and runs them in child processes.
std::unique_ptr<runtime::Lifecycle> make_worker_role(const config::Settings& settings,
                                                     const log::Log& log, Backbone& backbone);

// One child per core unless the settings say otherwise.
int child_count(const config::Settings& settings);

}  // namespace trainyard
