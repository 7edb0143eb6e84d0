#pragma once

#include "common/ports/idempotency_store.hpp"

#include <atomic>
#include <string>
#include <variant>

namespace trainyard::service {

// Requests that their clients named by an Idempotency-Key: each is done once per user and key, and
// the first good answer is given again for a day. A request whose doer died may be taken up again
// after a while; it makes the same ids then, so that what was accepted is found and not repeated.
// Thread-safe; blocks on the store.
class RequestLedger {
 public:
  explicit RequestLedger(ports::IdempotencyStore& store) : store_(store) {}

  struct Do {
    Uuid seed;
  };
  using Begun = std::variant<Do, ports::KeptAnswer>;

  // Errors: invalid_argument (the key names another request), conflict (it is being done), the
  // store's.
  Result<Begun> begin(const ports::RequestKey& key, const std::string& fingerprint, TimePoint now);
  Result<void> keep(const ports::RequestKey& key, const ports::KeptAnswer& answer);
  Result<void> forget(const ports::RequestKey& key) { return store_.forget(key); }

 private:
  ports::IdempotencyStore& store_;
  std::atomic<unsigned> kept_ = 0;
};

}  // namespace trainyard::service
