#include "api/service/identities.hpp"

#include "api/service/api_keys.hpp"
#include "common/crypto/digest.hpp"

namespace trainyard::service {

Result<ports::Principal> OpenIdentity::identify(const Secret&) {
  return ports::Principal{.user_id = local_user, .role = domain::Role::admin};
}

std::optional<ports::Principal> OpenIdentity::recall(const Secret& token) {
  return *identify(token);
}

Result<ports::Principal> SplitIdentity::identify(const Secret& token) {
  if (token.empty()) {
    return fail(Error{.code = Errc::forbidden,
                      .detail = "this needs a credential",
                      .hint = "send Authorization: Bearer with an API key"});
  }
  if (is_api_key(token)) return keys_->identify(token);
  if (tokens_) return tokens_->identify(token);
  return fail(Errc::forbidden, "this is no API key");
}

Result<ports::Principal> RememberingIdentity::identify(const Secret& token) {
  const auto generation = [this] {
    const std::lock_guard lock(mutex_);
    return forgotten_;
  };
  const auto before = generation();
  TRY(auto principal, inner_->identify(token));
  auto until = clock_.now() + options_.keep;
  if (principal.valid_until) until = std::min(until, *principal.valid_until);
  const std::lock_guard lock(mutex_);
  // What was looked up before something was revoked may be of just that.
  if (forgotten_ != before) return principal;
  if (known_.size() >= options_.remembered_max) known_.clear();
  known_.insert_or_assign(crypto::sha256_hex(token.reveal()),
                          Remembered{.principal = principal, .until = until});
  return principal;
}

std::optional<ports::Principal> RememberingIdentity::recall(const Secret& token) {
  if (token.empty()) return std::nullopt;
  const auto hash = crypto::sha256_hex(token.reveal());
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(hash);
  if (found == known_.end()) return std::nullopt;
  if (clock_.now() < found->second.until) return found->second.principal;
  known_.erase(found);
  return std::nullopt;
}

void RememberingIdentity::forget() {
  const std::lock_guard lock(mutex_);
  known_.clear();
  ++forgotten_;
}

}  // namespace trainyard::service
