#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/uuid.hpp"
#include "common/domain/access.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Who may come in, and who changed what: API keys and the audit log. Lives in the database of the
// JobStore. All methods block, are thread-safe and answer with errors as values: any may return
// Errc::unavailable (nothing happened), the writing ones Errc::in_doubt (repeat the same call,
// which is safe). Times are the caller's. Contract suite: tests/contract/access_store.

namespace trainyard::ports {

using domain::KeyKind;

struct ApiKey {
  std::string id;           // the public part of the key, by which it is found and revoked
  std::string secret_hash;  // of the whole key; the key itself is nowhere
  KeyKind kind = KeyKind::key;
  std::string parent_id = {};  // of a session: the key it was begun with, empty for a JWT
  std::string name = {};       // what it is for, in its creator's words
  std::string user_id;
  domain::Role role = domain::Role::member;
  std::string created_by = {};
  TimePoint created_at = {};
  std::optional<TimePoint> expires_at = std::nullopt;
  std::optional<TimePoint> revoked_at = std::nullopt;
  std::optional<TimePoint> last_used_at = std::nullopt;  // within a minute

  bool is_valid(TimePoint now) const { return !revoked_at && (!expires_at || now < *expires_at); }
};

struct KeyFilter {
  std::optional<std::string> user_id;
  std::optional<KeyKind> kind;
  int limit = 1'000;
};

using AuditId = Id<struct AuditTag>;

// One attempt to change something, whatever came of it.
struct AuditEntry {
  AuditId id;
  TimePoint at;
  std::string user_id;
  std::string role;
  std::string key_id;  // empty: not by key
  std::string action;  // "POST /api/v2/jobs/{id}/cancel"
  std::string record;  // the id or path of what was to change, empty when it never existed
  int status = 0;      // as answered: 2xx is done, anything else refused or failed
  std::string client;  // address
  std::string correlation_id;
};

// Newest first. All filters narrow; `before` continues a listing at the last id of a page.
struct AuditFilter {
  std::optional<std::string> user_id;
  std::optional<std::string> action;
  std::optional<std::string> record;
  std::optional<std::string> correlation_id;
  std::optional<TimePoint> after;
  std::optional<TimePoint> until;
  std::optional<AuditId> before;
  int limit = 50;
};

struct AuditPage {
  std::vector<AuditEntry> entries;
  bool has_more = false;
};

struct Forget {
  TimePoint audit_before;
  TimePoint sessions_before;  // sessions that expired by then
};

class AccessStore {
 public:
  virtual ~AccessStore() = default;

  // conflict: the id is another key's. Adding the same key again changes nothing.
  virtual Result<void> add_key(const ApiKey& key) = 0;
  virtual Result<ApiKey> find_key(std::string_view id) = 0;                    // not_found
  virtual Result<std::vector<ApiKey>> list_keys(const KeyFilter& filter) = 0;  // newest first
  // With the sessions that were begun with it. A key revoked before keeps the time. not_found.
  virtual Result<ApiKey> revoke_key(std::string_view id, TimePoint at) = 0;
  // Not synced: a crash of the machine may lose it.
  virtual Result<void> record_use(std::string_view id, TimePoint at) = 0;

  // One transaction. Entries whose id is there already are left as they are.
  virtual Result<void> append_audit(std::span<const AuditEntry> entries) = 0;
  virtual Result<AuditPage> list_audit(const AuditFilter& filter) = 0;

  virtual Result<void> forget(const Forget& what) = 0;
};

}  // namespace trainyard::ports
