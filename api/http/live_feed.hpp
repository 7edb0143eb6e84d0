#pragma once

#include "api/service/caller.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::http {

// What a subscriber of a topic is told, one JSON object as a WebSocket would carry it.
struct LiveMessage {
  std::string text;
  std::string position;      // to come back to, "<epoch>:<offset>"; empty: none is known
  bool is_progress = false;  // of a job that goes on
};

// The messages of one topic for one client; destruction ends the subscription. Confined to the
// server's thread.
class LiveStream {
 public:
  virtual ~LiveStream() = default;
  // The next one, or none within `patience`.
  virtual boost::asio::awaitable<std::optional<LiveMessage>> next(
      std::chrono::milliseconds patience) = 0;
  virtual bool has_ended() const = 0;  // nothing more will come
};

// Where requests find the live news that /ws tells.
class LiveFeed {
 public:
  virtual ~LiveFeed() = default;
  // Subscribes to a topic, after `since` when that is a position that is still known. Returns with
  // the first message there to be taken. Errors: as /ws refuses the topic; exhausted when there are
  // too many listeners, unavailable when the server is stopping.
  virtual boost::asio::awaitable<Result<std::unique_ptr<LiveStream>>> follow(service::Caller caller,
                                                                             std::string topic,
                                                                             std::string since) = 0;
};

}  // namespace trainyard::http
