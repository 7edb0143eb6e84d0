#pragma once

#include "common/crypto/public_key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trainyard::jwt {

struct NamedKey {
  std::string id;  // "kid"; may be empty
  crypto::PublicKey key;
};

// The keys of a JSON Web Key Set (RFC 7517) that verify signatures we take. Others are left out:
// symmetric ones above all, so that no token can be checked with a secret that is published.
// corrupt_data when the text is no key set or none of its keys is of use.
Result<std::vector<NamedKey>> parse_key_set(std::string_view text);

}  // namespace trainyard::jwt
