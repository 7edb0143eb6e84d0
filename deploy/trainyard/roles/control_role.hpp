#pragma once

#include "common/config/settings.hpp"
#include "common/runtime/lifecycle.hpp"
#include "deploy/trainyard/roles/backbone.hpp"

namespace trainyard {

// Relay, dispatcher and reaper. Alone in its process they run in whichever instance leads; in
// standalone there is no other, so nobody is elected.
enum class Election { held, needless };

std::unique_ptr<runtime::Lifecycle> make_control_role(const config::Settings& settings,
                                                      const log::Log& log, Backbone& backbone,
                                                      Election election);

}  // namespace trainyard
