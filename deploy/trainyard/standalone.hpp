#pragma once

#include "common/config/settings.hpp"
#include "deploy/trainyard/roles/api_role.hpp"
#include "deploy/trainyard/roles/backbone.hpp"

#include <cstdint>
#include <memory>

namespace trainyard {

// All roles in this process, on whatever store and bus the settings name: SQLite and the embedded
// bus unless told otherwise.
class Standalone {
 public:
  // Errors: the store's and the bus's, and unavailable when the address is taken.
  static Result<std::unique_ptr<Standalone>> start(const config::Settings& settings,
                                                   const log::Log& log);
  ~Standalone();

  void stop();
  std::uint16_t port() const { return api_->port(); }
  ports::JobStore& store() { return *backbone_.store; }
  ports::DispatchStore& line() { return *backbone_.line; }
  ports::EventBus& bus() { return *backbone_.bus; }

 private:
  explicit Standalone(Backbone backbone) : backbone_(std::move(backbone)) {}

  Backbone backbone_;
  std::unique_ptr<runtime::Lifecycle> control_;
  std::unique_ptr<runtime::Lifecycle> worker_;
  std::unique_ptr<ApiRole> api_;
};

}  // namespace trainyard
