#include "api/service/api_keys.hpp"

#include "common/crypto/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::service {
namespace {

constexpr std::string_view prefix = "ty_";
constexpr std::size_t id_bytes = 8;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t key_length = prefix.size() + 2 * id_bytes + 1 + 2 * secret_bytes;
constexpr std::chrono::minutes use_noted_every{1};

std::string_view id_of(std::string_view key) {
  return key.substr(prefix.size(), 2 * id_bytes);
}

MadeKey make_key() {
  MadeKey made;
  made.record.id = crypto::random_hex(id_bytes);
  made.key =
      Secret(fmt::format("{}{}_{}", prefix, made.record.id, crypto::random_hex(secret_bytes)));
  made.record.secret_hash = crypto::sha256_hex(made.key.reveal());
  return made;
}

std::unexpected<Error> unknown(const char* why) {
  return fail(Errc::forbidden, why);
}

}  // namespace

bool is_api_key(const Secret& token) {
  return token.reveal().starts_with(prefix);
}

Result<MadeKey> create_key(ports::AccessStore& store, const Caller& creator,
                           const wire::KeyRequest& request, TimePoint now) {
  auto made = make_key();
  auto& record = made.record;
  record.name = request.name;
  record.user_id = request.user_id;
  record.role = request.role;
  record.created_by = creator.user_id;
  record.created_at = now;
  if (request.expires_in_days)
    record.expires_at = now + std::chrono::days(*request.expires_in_days);
  TRY_DO(store.add_key(record));
  return made;
}

Result<MadeKey> begin_session(ports::AccessStore& store, const ports::Principal& who,
                              TimePoint now) {
  auto made = make_key();
  auto& record = made.record;
  record.kind = domain::KeyKind::session;
  record.parent_id = who.key_id;
  record.user_id = who.user_id;
  record.role = who.role;
  record.created_by = who.user_id;
  record.created_at = now;
  record.expires_at = now + session_max;
  if (who.valid_until) record.expires_at = std::min(*record.expires_at, *who.valid_until);
  TRY_DO(store.add_key(record));
  return made;
}

bool is_still_welcome(ports::AccessStore& store, const Caller& caller, TimePoint now) {
  if (caller.until && now >= *caller.until) return false;
  if (caller.key_id.empty()) return true;
  const auto key = store.find_key(caller.key_id);
  return key ? key->is_valid(now) : key.error().code != Errc::not_found;
}

Result<ports::Principal> KeyIdentity::identify(const Secret& token) {
  const std::string& key = token.reveal();
  if (key.size() != key_length || !is_api_key(token)) return unknown("this is no API key");
  const auto record = store_.find_key(id_of(key));
  if (!record && record.error().code != Errc::not_found) return std::unexpected(record.error());
  if (!record || !crypto::equal_in_constant_time(record->secret_hash, crypto::sha256_hex(key))) {
    return unknown("there is no such API key");
  }
  const auto now = clock_.now();
  if (record->revoked_at) return unknown("the API key was revoked");
  if (!record->is_valid(now)) return unknown("the API key has expired");
  if (!record->last_used_at || now - *record->last_used_at >= use_noted_every) {
    // Whoever comes in must not fail because that could not be noted.
    static_cast<void>(store_.record_use(record->id, now));
  }
  return ports::Principal{.user_id = record->user_id,
                          .role = record->role,
                          .key_id = record->id,
                          .valid_until = record->expires_at};
}

}  // namespace trainyard::service
