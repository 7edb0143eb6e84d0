#pragma once

#include "common/config/settings.hpp"
#include "common/runtime/lifecycle.hpp"
#include "deploy/trainyard/roles/backbone.hpp"

#include <cstdint>
#include <memory>

namespace trainyard {

// What a server answers: the whole API and the page, or live connections and its health alone.
enum class Serves { everything, live };

// The HTTP server with everything its handlers need, and the live feed behind /ws. start() throws
// when the address is taken.
class ApiRole final : public runtime::Lifecycle {
 public:
  ApiRole(const config::Settings& settings, const log::Log& log, Backbone& backbone, Serves serves);
  ~ApiRole() override;

  void start() override;
  void stop() override;
  std::uint16_t port() const;  // the one that is bound

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace trainyard
