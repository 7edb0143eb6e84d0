#pragma once

#include "api/http/router.hpp"
#include "api/http/upgrade.hpp"
#include "common/log/log.hpp"
#include "common/runtime/lifecycle.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace trainyard::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t connections_max = 2'000;
  std::uint32_t header_bytes_max = 16 * 1024;
  std::size_t header_fields_max = 100;
  std::uint64_t json_bytes_max = 10 << 20;
  std::uint64_t upload_bytes_max = std::uint64_t{2} << 30;
  std::chrono::seconds idle_max{60};   // for a request's head, waiting for it included
  std::chrono::seconds read_max{30};   // for each piece of a body
  std::chrono::seconds write_max{60};  // for each response
  std::chrono::seconds drain_max{10};  // for requests in flight when stopping
  std::string lost_hint = "see /api/v2/openapi.json";  // to whoever asks for an unknown path
  // The names under which this server may be asked for; empty: any. A page that made its own name
  // lead here would otherwise pass for ours.
  std::vector<std::string> host_names = {};
};

// The HTTP/1.1 server: one thread, one coroutine per connection, keep-alive and pipelining in
// order. Refuses what is too large, too slow, too many or malformed before a handler sees it.
// start() throws when the address cannot be bound. stop() finishes requests in flight.
class Server final : public runtime::Lifecycle {
 public:
  // Everything referred to must outlive the server; `upgrade` may be null (no WebSocket).
  Server(log::Log log, ServerOptions options, std::span<const Route> routes, Api& api,
         UpgradeHandler* upgrade);
  ~Server() override;

  void start() override;
  void stop() override;
  std::uint16_t port() const;  // the bound one, after start()

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace trainyard::http
