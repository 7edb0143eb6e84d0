#pragma once

#include "common/base/error.hpp"
#include "common/base/id_source.hpp"
#include "common/base/time.hpp"
#include "common/domain/access.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace trainyard::service {

// On whose behalf a use case runs, and the id that follows the request through every part.
struct Caller {
  std::string user_id;
  std::string correlation_id;
  domain::Role role = domain::Role::member;
  std::string key_id = {};                        // empty: not by API key
  std::string address = {};                       // where the request came from
  std::optional<TimePoint> until = std::nullopt;  // when the credential ends, if that is known

  // Of a request that may come again under its Idempotency-Key: then it makes the same ids.
  std::shared_ptr<IdSource> ids = nullptr;

  Uuid new_id() const { return ids ? ids->next() : Uuid::make_v7(); }
  bool may_touch(const std::string& owner) const {
    return role == domain::Role::admin || owner == user_id;
  }
};

// Whose records a list shows: the caller's own unless another user is asked for, which is for
// admins. nullopt: everybody's ("*"). Errors: forbidden.
Result<std::optional<std::string>> whose(const Caller& caller,
                                         const std::optional<std::string>& asked);

// Told the outcome exactly once, on a thread of the callee's choosing: it must return quickly.
template <class T>
using Done = std::move_only_function<void(Result<T>)>;

}  // namespace trainyard::service
