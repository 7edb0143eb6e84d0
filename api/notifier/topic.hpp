#pragma once

#include "common/base/error.hpp"
#include "common/base/uuid.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace trainyard::notifier {

struct Mine {};

// What a client subscribes to: "job:<id>", "batch:<id>" or "mine".
struct Topic {
  std::variant<Mine, JobId, BatchId> of;
  std::string text;  // as the client wrote it

  // invalid_argument for anything else.
  static Result<Topic> parse(std::string_view text);
  // Tells apart the "mine" of different users.
  std::string key(const std::string& user_id) const;
};

}  // namespace trainyard::notifier
