#include "common/adapters/jwt/key_source.hpp"

namespace trainyard::jwt {

Result<crypto::PublicKey> KeySource::find(const std::string& id, crypto::Signature kind) {
  if (auto known = look(id, kind)) {
    if (!is_old()) return *known;
    // Whoever comes first fetches; nobody waits for that.
    const std::unique_lock lock(fetching_, std::try_to_lock);
    if (!lock || !fetch()) return *known;
  }
  const std::lock_guard lock(fetching_);
  // Another may have fetched it while this one waited.
  if (auto known = look(id, kind)) return *known;
  const auto fetched = fetch();
  if (auto known = look(id, kind)) return *known;
  if (!fetched && !has_keys()) return fail(fetched.error());
  return fail(Errc::forbidden, "the token is signed with a key that its issuer does not publish");
}

std::optional<crypto::PublicKey> KeySource::look(const std::string& id, crypto::Signature kind) {
  const std::lock_guard lock(mutex_);
  std::optional<crypto::PublicKey> only;
  for (const auto& named : keys_) {
    if (named.key.kind() != kind) continue;
    if (!id.empty() && named.id == id) return named.key;
    if (!id.empty()) continue;
    if (only) return std::nullopt;
    only = named.key;
  }
  return only;
}

bool KeySource::has_keys() {
  const std::lock_guard lock(mutex_);
  return !keys_.empty();
}

bool KeySource::is_old() {
  const std::lock_guard lock(mutex_);
  return std::chrono::steady_clock::now() - fetched_at_ >= options_.keep_max;
}

Result<void> KeySource::fetch() {
  const auto now = std::chrono::steady_clock::now();
  if (tried_at_ && now - *tried_at_ < options_.refetch_min) {
    return fail(Errc::unavailable, "the issuer's keys cannot be fetched yet again");
  }
  tried_at_ = now;
  auto text = options_.fetch();
  auto keys = text ? parse_key_set(*text) : std::unexpected(std::move(text).error());
  if (!keys) {
    log_.warn("the issuer's keys cannot be fetched", {{"error", keys.error()}});
    return fail(Error{.code = Errc::unavailable,
                      .detail = "the issuer's keys cannot be fetched",
                      .hint = "try again in a moment"});
  }
  const std::lock_guard lock(mutex_);
  keys_ = *std::move(keys);
  fetched_at_ = now;
  return {};
}

}  // namespace trainyard::jwt
