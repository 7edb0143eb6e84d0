#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What travels between browsers and the notifier, and what the notifier needs to know of an event.

namespace trainyard::wire {

struct ClientMessage {
  enum class Op { subscribe, unsubscribe, ping };

  struct Since {
    std::string epoch;
    std::string offset;
  };

  Op op = Op::ping;
  std::string id = "null";  // JSON, echoed in the answer
  std::string topic;
  std::optional<Since> since;
};

// Errors: corrupt_data (no JSON), invalid_argument (an unknown op, or a member is missing).
Result<ClientMessage> parse_client_message(std::string_view text);

// An event of the bus as far as its way to the subscribers depends on it.
struct News {
  enum class Kind { transition, progress, log, batch_end };

  Kind kind = Kind::transition;
  std::string type;      // "job.started"
  std::string subject;   // the job's id, or the batch's
  std::string batch_id;  // empty for a job on its own
  std::string user_id;
  std::int64_t version = 0;  // of a transition; of a batch's end, which end it is
  std::int64_t fence = 0;    // of progress
  std::int64_t n = 0;        // of progress
  bool is_active = false;    // running or cancelling after this transition
  bool is_terminal = false;
  std::string data;  // JSON, as on the bus
};

// Errors: corrupt_data, or invalid_argument for an event that is none of the above.
Result<News> parse_news(std::string_view cloud_event);

}  // namespace trainyard::wire
