#pragma once

#include "api/service/caller.hpp"
#include "common/base/secret.hpp"
#include "common/ports/access_store.hpp"
#include "common/ports/identity.hpp"
#include "common/wire/access_requests.hpp"

#include <chrono>

// API keys: "ty_<id>_<secret>", both hexadecimal, the secret 256 random bits. The id finds the
// record, whose hash is compared. SHA-256 is enough: a slow hash protects what people choose from
// being guessed, and nobody guesses 256 bits.

namespace trainyard::service {

inline constexpr std::chrono::hours session_max{12};

struct MadeKey {
  ports::ApiKey record;
  Secret key;  // to be shown once: it is nowhere else
};

bool is_api_key(const Secret& token);

// Blocks. Errors: the store's.
Result<MadeKey> create_key(ports::AccessStore& store, const Caller& creator,
                           const wire::KeyRequest& request, TimePoint now);

// A short-lived key with the rights of whoever signed in. It ends with what it was begun with.
Result<MadeKey> begin_session(ports::AccessStore& store, const ports::Principal& who,
                              TimePoint now);

// Whether who came in some time ago still may: the credential has not ended, and no key was
// revoked. Blocks when there is a key to look up; in doubt, yes.
bool is_still_welcome(ports::AccessStore& store, const Caller& caller, TimePoint now);

// Identifies by API key and notes its use. Thread-safe.
class KeyIdentity final : public ports::Identity {
 public:
  KeyIdentity(ports::AccessStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  Result<ports::Principal> identify(const Secret& token) override;

 private:
  ports::AccessStore& store_;
  const Clock& clock_;
};

}  // namespace trainyard::service
