#include "tests/contract/access_store/access_store_contract.hpp"

#include <cstdlib>

namespace trainyard::ports {

using std::chrono::hours;
using std::chrono::microseconds;

namespace {

const TimePoint noon = *from_iso8601("2026-01-20T12:00:00.123456Z");

ApiKey key_of(const std::string& id, const std::string& user) {
  return {.id = id,
          .secret_hash = "hash of " + id,
          .name = "laptop",
          .user_id = user,
          .role = domain::Role::member,
          .created_by = "root",
          .created_at = noon};
}

AuditEntry entry_of(const std::string& record, TimePoint at = noon) {
  return {.id = AuditId::make(),
          .at = at,
          .user_id = "ada",
          .role = "member",
          .key_id = "k1",
          .action = "POST /api/v2/jobs",
          .record = record,
          .status = 201,
          .client = "10.0.0.1",
          .correlation_id = "c-" + record};
}

}  // namespace

void AccessStoreContract::SetUp() {
  auto harness = GetParam().make();
  if (!harness && harness.error().code == Errc::unavailable) {
    const char* required = std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES");
    if (required && std::string_view(required) == "1") FAIL() << describe(harness.error());
    GTEST_SKIP() << describe(harness.error());
  }
  ASSERT_TRUE(harness) << describe(harness.error());
  harness_ = *std::move(harness);
  reopen();
}

void AccessStoreContract::reopen() {
  store_.reset();
  auto opened = harness_->open();
  ASSERT_TRUE(opened) << describe(opened.error());
  store_ = *std::move(opened);
}

ApiKey AccessStoreContract::added(const std::string& id, const std::string& user) {
  const auto key = key_of(id, user);
  const auto done = store().add_key(key);
  EXPECT_TRUE(done) << describe(done.error());
  return key;
}

std::vector<std::string> AccessStoreContract::records(const AuditFilter& filter) {
  const auto page = store().list_audit(filter);
  EXPECT_TRUE(page) << describe(page.error());
  std::vector<std::string> found;
  for (const auto& entry : page->entries)
    found.push_back(entry.record);
  return found;
}

TEST_P(AccessStoreContract, GivesAKeyBackAsItWasAfterReopening) {
  auto key = key_of("k1", "ada");
  key.kind = KeyKind::session;
  key.parent_id = "k0";
  key.role = domain::Role::admin;
  key.expires_at = noon + hours(1);
  ASSERT_TRUE(store().add_key(key));
  reopen();
  const auto found = store().find_key("k1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret_hash, key.secret_hash);
  EXPECT_EQ(found->kind, key.kind);
  EXPECT_EQ(found->parent_id, "k0");
  EXPECT_EQ(found->name, "laptop");
  EXPECT_EQ(found->user_id, "ada");
  EXPECT_EQ(found->role, domain::Role::admin);
  EXPECT_EQ(found->created_by, "root");
  EXPECT_EQ(found->created_at, noon);
  EXPECT_EQ(found->expires_at, key.expires_at);
  EXPECT_EQ(found->revoked_at, std::nullopt);
  EXPECT_EQ(found->last_used_at, std::nullopt);
}

TEST_P(AccessStoreContract, AddsTheSameKeyTwiceAndRefusesAnotherUnderItsId) {
  auto key = added("k1", "ada");
  EXPECT_TRUE(store().add_key(key));
  key.secret_hash = "another";
  key.user_id = "mallory";
  const auto refused = store().add_key(key);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_EQ(store().find_key("k1")->user_id, "ada");
}

TEST_P(AccessStoreContract, RefusesTextThatNoDatabaseKeeps) {
  const auto refused = store().add_key(key_of("k1", std::string("a\0b", 3)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_EQ(refused.error().field, "user_id");
}

TEST_P(AccessStoreContract, DoesNotFindAnUnknownKey) {
  for (const auto& id : {std::string("k1"), std::string("\xff"), std::string("a\0b", 3)}) {
    EXPECT_EQ(store().find_key(id).error().code, Errc::not_found);
    EXPECT_EQ(store().revoke_key(id, noon).error().code, Errc::not_found);
  }
}

TEST_P(AccessStoreContract, RevokesAKeyOnceAndTheSessionsBegunWithIt) {
  added("k1", "ada");
  added("k2", "ada");
  auto session = key_of("s1", "ada");
  session.kind = KeyKind::session;
  session.parent_id = "k1";
  session.expires_at = noon + hours(1);
  ASSERT_TRUE(store().add_key(session));
  EXPECT_EQ(store().revoke_key("k1", noon + hours(1))->revoked_at, noon + hours(1));
  EXPECT_EQ(store().revoke_key("k1", noon + hours(2))->revoked_at, noon + hours(1));
  EXPECT_EQ(store().find_key("s1")->revoked_at, noon + hours(1));
  EXPECT_EQ(store().find_key("k2")->revoked_at, std::nullopt);
}

TEST_P(AccessStoreContract, ListsKeysByUserAndKind) {
  added("k1", "ada");
  added("k2", "bob");
  auto session = key_of("s1", "ada");
  session.kind = KeyKind::session;
  session.created_at = noon + hours(1);
  session.expires_at = noon + hours(2);
  ASSERT_TRUE(store().add_key(session));
  const auto ids = [&](const KeyFilter& filter) {
    std::string text;
    for (const auto& key : *store().list_keys(filter))
      text += key.id + " ";
    return text;
  };
  EXPECT_EQ(ids({}), "s1 k1 k2 ");
  EXPECT_EQ(ids({.user_id = "ada"}), "s1 k1 ");
  EXPECT_EQ(ids({.user_id = "ada", .kind = KeyKind::key}), "k1 ");
  EXPECT_EQ(ids({.limit = 1}), "s1 ");
}

TEST_P(AccessStoreContract, RemembersTheLatestUseOfAKey) {
  added("k1", "ada");
  ASSERT_TRUE(store().record_use("k1", noon + hours(2)));
  ASSERT_TRUE(store().record_use("k1", noon + hours(1)));
  EXPECT_EQ(store().find_key("k1")->last_used_at, noon + hours(2));
}

TEST_P(AccessStoreContract, KeepsAnAuditEntryOnceHoweverOftenItIsAppended) {
  const std::array entries{entry_of("job-1"), entry_of("job-2")};
  ASSERT_TRUE(store().append_audit(entries));
  ASSERT_TRUE(store().append_audit(entries));
  reopen();
  const auto page = store().list_audit({});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->entries.size(), 2U);
  const auto& first = page->entries[1];
  EXPECT_EQ(first.id, entries[0].id);
  EXPECT_EQ(first.at, noon);
  EXPECT_EQ(first.user_id, "ada");
  EXPECT_EQ(first.role, "member");
  EXPECT_EQ(first.key_id, "k1");
  EXPECT_EQ(first.action, "POST /api/v2/jobs");
  EXPECT_EQ(first.record, "job-1");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.client, "10.0.0.1");
  EXPECT_EQ(first.correlation_id, "c-job-1");
}

TEST_P(AccessStoreContract, KeepsAnEntryAboutTextThatNoDatabaseKeeps) {
  const std::array entries{entry_of("\xff{\"\\")};
  ASSERT_TRUE(store().append_audit(entries));
  EXPECT_EQ(records({}), std::vector<std::string>{"\xEF\xBF\xBD{\"\\"});
}

TEST_P(AccessStoreContract, ListsTheAuditLogNewestFirstInPages) {
  std::vector<AuditEntry> entries;
  for (int i = 0; i < 5; ++i)
    entries.push_back(entry_of(std::to_string(i)));
  ASSERT_TRUE(store().append_audit(entries));
  const auto page = store().list_audit({.limit = 2});
  ASSERT_EQ(page->entries.size(), 2U);
  EXPECT_TRUE(page->has_more);
  EXPECT_EQ(page->entries[0].record, "4");
  EXPECT_EQ(records({.before = page->entries[1].id}), (std::vector<std::string>{"2", "1", "0"}));
  EXPECT_FALSE(store().list_audit({.before = entries[1].id, .limit = 1})->has_more);
}

TEST_P(AccessStoreContract, FiltersTheAuditLogByEveryField) {
  auto other = entry_of("job-2", noon + hours(1));
  other.user_id = "bob";
  other.action = "DELETE /api/v2/jobs/{id}";
  const std::array entries{entry_of("job-1"), other};
  ASSERT_TRUE(store().append_audit(entries));
  const std::vector<std::string> one{"job-1"};
  const std::vector<std::string> two{"job-2"};
  EXPECT_EQ(records({.user_id = "bob"}), two);
  EXPECT_EQ(records({.action = "POST /api/v2/jobs"}), one);
  EXPECT_EQ(records({.record = "job-2"}), two);
  EXPECT_EQ(records({.correlation_id = "c-job-1"}), one);
  EXPECT_EQ(records({.after = noon + microseconds(1)}), two);
  EXPECT_EQ(records({.until = noon + microseconds(1)}), one);
  EXPECT_TRUE(records({.user_id = "bob", .record = "job-1"}).empty());
}

TEST_P(AccessStoreContract, ForgetsOldEntriesAndSessionsButNoKey) {
  added("k1", "ada");
  auto session = key_of("s1", "ada");
  session.kind = KeyKind::session;
  session.expires_at = noon + hours(1);
  ASSERT_TRUE(store().add_key(session));
  const std::array entries{entry_of("old"), entry_of("new", noon + hours(2))};
  ASSERT_TRUE(store().append_audit(entries));
  ASSERT_TRUE(store().forget({.audit_before = noon + hours(1), .sessions_before = noon}));
  EXPECT_EQ(records({}), std::vector<std::string>{"new"});
  EXPECT_TRUE(store().find_key("s1"));
  ASSERT_TRUE(store().forget({.audit_before = noon, .sessions_before = noon + hours(2)}));
  EXPECT_FALSE(store().find_key("s1"));
  EXPECT_TRUE(store().find_key("k1"));
}

}  // namespace trainyard::ports
