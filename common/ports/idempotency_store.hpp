#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <optional>
#include <string>

// Requests that clients named by an Idempotency-Key, and the first answers to them, so that a
// request that is sent again is not done again. Lives in the database of the jobs; errors and times
// as in JobStore. Contract suite: tests/contract/idempotency_store.

namespace trainyard::ports {

struct RequestKey {
  std::string user_id;
  std::string key;
};

struct KeptAnswer {
  int status = 0;
  std::string content_type;
  std::string location;  // header, or empty
  std::string body;
};

struct KeptRequest {
  std::string fingerprint;  // of what was asked for: another one under the same key is a mistake
  Uuid seed;                // from which the ids of what the request makes are derived
  TimePoint begun_at;
  std::optional<KeptAnswer> answer;  // none while it is being done, or when its doer died
};

class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;

  // The request that is kept under this key, or the one given here, kept from now on.
  struct Begun {
    KeptRequest request;
    bool is_new = false;
  };
  virtual Result<Begun> begin(const RequestKey& key, const std::string& fingerprint,
                              const Uuid& seed) = 0;
  // The first answer stays. not_found when the key is not kept.
  virtual Result<void> keep(const RequestKey& key, const KeptAnswer& answer) = 0;
  // The request was not done, and may be sent again.
  virtual Result<void> forget(const RequestKey& key) = 0;
  // Drops what is older, `limit` at most; how many were.
  virtual Result<int> expire(milliseconds age, int limit) = 0;
};

}  // namespace trainyard::ports
