#pragma once

#include "common/base/error.hpp"
#include "common/base/secret.hpp"
#include "common/base/time.hpp"
#include "common/domain/access.hpp"

#include <optional>
#include <string>

namespace trainyard::ports {

struct Principal {
  std::string user_id;
  domain::Role role = domain::Role::viewer;
  std::string key_id = {};                              // empty: not by API key
  std::optional<TimePoint> valid_until = std::nullopt;  // nullopt: until something is revoked
};

// Tells who sends a request by the token that came with it. Thread-safe.
class Identity {
 public:
  virtual ~Identity() = default;

  // May block. `token` is empty when none came. Errors: forbidden (the token tells nobody that
  // is known here; why, without the token itself), unavailable (what has to be asked is away).
  virtual Result<Principal> identify(const Secret& token) = 0;
  // The same when it can be told at once; nullopt: ask identify().
  virtual std::optional<Principal> recall(const Secret&) { return std::nullopt; }
  // Something was revoked: nothing that was known before may be recalled.
  virtual void forget() {}
};

}  // namespace trainyard::ports
