#include "api/service/api_keys.hpp"
#include "api/service/identities.hpp"
#include "tests/contract/http_api/api_fixture.hpp"
#include "tests/contract/http_api/openapi_check.hpp"

#include <fstream>
#include <iterator>

namespace trainyard::http {
namespace {

using domain::Role;
using Headers = std::map<std::string, std::string>;

// The API as it is when every request needs a credential.
class AccessApi : public ApiTest {
 protected:
  AccessApi() {
    sign_in_by(std::make_unique<service::RememberingIdentity>(
        std::make_unique<service::SplitIdentity>(
            std::make_unique<service::KeyIdentity>(*access_, system_clock()), nullptr),
        system_clock(), service::RememberingIdentity::Options{}));
  }

  std::string key_of(const std::string& user, Role role) {
    return service::create_key(*access_, {.user_id = "root"}, {.user_id = user, .role = role},
                               system_clock().now())
        ->key.reveal();
  }
  static std::string id_of(const std::string& key) { return key.substr(3, 16); }
  static Headers bearer(const std::string& key) { return {{"Authorization", "Bearer " + key}}; }

  Answer ask(const std::string& key, const std::string& method, const std::string& path,
             const std::string& body = "") const {
    auto answer = client().send(method, path, body, bearer(key));
    EXPECT_TRUE(is_described(method, path, answer));
    return answer;
  }
  std::string created_by(const std::string& key) const {
    return ask(key, "POST", "/api/v2/jobs", good_config).json()["job_id"];
  }
  // What the audit log has, oldest first, when everything is written.
  std::vector<ports::AuditEntry> audited() {
    server_.reset();
    audit_.reset();
    auto entries = access_->list_audit({.limit = 1'000})->entries;
    std::ranges::reverse(entries);
    return entries;
  }

  const std::string ada_ = key_of("ada", Role::member);
  const std::string bob_ = key_of("bob", Role::member);
  const std::string watcher_ = key_of("ada", Role::viewer);
  const std::string root_ = key_of("root", Role::admin);
};

TEST_F(AccessApi, RefusesWhoBringsNoCredentialAndSaysHowToBringOne) {
  for (const auto& [method, path] : {std::pair("GET", "/api/v2/jobs"),
                                     {"POST", "/api/v2/jobs"},
                                     {"GET", "/api/jobs"},
                                     {"POST", "/api/v2/data/upload"},
                                     {"GET", "/api/v2/session"},
                                     {"GET", "/api/v2/audit"}}) {
    const auto answer = client().send(method, path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_TRUE(answer.headers.at("www-authenticate").starts_with("Bearer")) << path;
    EXPECT_TRUE(is_described(method, path, answer));
  }
  Client browser(server_->port());
  for (const auto* path : {"/health", "/api/v2/openapi.json"})
    EXPECT_EQ(browser.send("GET", path).status, 200) << path;
}

TEST_F(AccessApi, LetsViewersReadWhatStartsByItselfAndChangeNoneOfIt) {
  const std::string trigger = R"({"table":"/tables/sales"})";
  EXPECT_EQ(ask(ada_, "PUT", "/api/v2/triggers/sales", trigger).status, 201);
  EXPECT_EQ(ask(watcher_, "GET", "/api/v2/triggers/sales").status, 200);
  for (const auto& [method, path] : {std::pair("PUT", "/api/v2/triggers/sales"),
                                     {"DELETE", "/api/v2/triggers/sales"},
                                     {"POST", "/api/v2/triggers/sales/pause"},
                                     {"PUT", "/api/v2/templates/t"},
                                     {"PUT", "/api/v2/schedules/s"},
                                     {"POST", "/api/v2/schedules/s/run"},
                                     {"POST", "/api/v2/events"}}) {
    EXPECT_EQ(ask(watcher_, method, path, trigger).status, 403) << path;
  }
  EXPECT_EQ(ask(bob_, "GET", "/api/v2/triggers/sales/decisions").status, 403);
  EXPECT_EQ(ask(root_, "POST", "/api/v2/triggers/sales/pause").status, 200);
  const auto entries = audited();
  EXPECT_EQ(entries.front().action, "PUT /api/v2/triggers/{name}");
  EXPECT_EQ(entries.front().record, "sales");
  EXPECT_EQ(entries.back().action, "POST /api/v2/triggers/{name}/pause");
}

TEST_F(AccessApi, LetsAKeyInByEitherHeader) {
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", bearer(ada_)).status, 200);
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", {{"X-API-Key", ada_}}).status, 200);
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", {{"Authorization", "bearer  " + ada_}}).status,
            200);
}

TEST_F(AccessApi, RefusesCredentialsThatContradictEachOther) {
  auto both = bearer(ada_);
  both["X-API-Key"] = bob_;
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", both).status, 400);
  Client twice(server_->port());
  twice.write("GET /api/v2/jobs HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + ada_ +
              "\r\nAuthorization: Bearer " + bob_ + "\r\n\r\n");
  EXPECT_EQ(twice.read().status, 400);
}

TEST_F(AccessApi, RefusesWhatIsNoKeyOfOurs) {
  auto wrong = ada_;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const auto& key : {wrong, ada_.substr(0, 50), ada_ + "0", std::string("ty_"),
                          std::string("secret"), "ty_" + std::string(81, 'z')}) {
    EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", bearer(key)).status, 401) << key;
  }
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", {{"Authorization", "Basic YTpi"}}).status,
            401);
}

TEST_F(AccessApi, RefusesAnExpiredKey) {
  const auto past = system_clock().now() - std::chrono::days(2);
  const auto made = service::create_key(*access_, {.user_id = "root"},
                                        {.user_id = "ada", .expires_in_days = 1}, past);
  const auto answer = client().send("GET", "/api/v2/jobs", "", bearer(made->key.reveal()));
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.json()["detail"], "the API key has expired");
}

TEST_F(AccessApi, RefusesARevokedKeyAtOnce) {
  ASSERT_EQ(ask(ada_, "GET", "/api/v2/jobs").status, 200);
  const auto revoked = ask(root_, "DELETE", "/api/v2/keys/" + id_of(ada_));
  EXPECT_EQ(revoked.status, 200);
  EXPECT_NE(revoked.json()["revoked_at"], nullptr);
  EXPECT_EQ(ask(ada_, "GET", "/api/v2/jobs").status, 401);
  EXPECT_EQ(ask(root_, "DELETE", "/api/v2/keys/nothing").status, 404);
}

TEST_F(AccessApi, ShowsAKeyOnceAndKeepsItNowhere) {
  const auto made = ask(root_, "POST", "/api/v2/keys", R"({"user":"eve","name":"laptop"})");
  ASSERT_EQ(made.status, 201);
  const auto key = made.json()["key"].get<std::string>();
  EXPECT_EQ(made.headers.at("cache-control"), "no-store");
  EXPECT_EQ(ask(key, "GET", "/api/v2/session").json()["user"], "eve");
  const auto listed = ask(root_, "GET", "/api/v2/keys?user=eve");
  EXPECT_EQ(listed.json()["keys"][0]["name"], "laptop");
  const auto secret = key.substr(20);
  EXPECT_FALSE(listed.body.contains(secret));
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_FALSE(bytes.contains(secret)) << file.path();
  }
}

TEST_F(AccessApi, NamesWhatIsWrongWithAKeyRequest) {
  for (const auto& [body, field] :
       {std::pair(R"({"user":"a b"})", "user"),
        {R"({"user":"*"})", "user"},
        {R"({})", "user"},
        {R"({"user":"a","role":"king"})", "role"},
        {R"({"user":"a","colour":"red"})", "colour"},
        {R"({"user":"a","expires_in_days":0})", "expires_in_days"},
        {R"({"user":"a","expires_in_days":1e99})", "expires_in_days"}}) {
    const auto answer = ask(root_, "POST", "/api/v2/keys", body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_EQ(answer.json()["field"], field) << body;
  }
}

TEST_F(AccessApi, LetsEachRoleDoWhatItMay) {
  const auto id = created_by(ada_);
  EXPECT_EQ(ask(watcher_, "GET", "/api/v2/jobs/" + id).status, 200);
  EXPECT_EQ(ask(watcher_, "GET", "/api/v2/jobs").json()["total"], 1);
  for (const auto& [method, path] : {std::pair("POST", std::string("/api/v2/jobs")),
                                     {"POST", "/api/v2/jobs/" + id + "/cancel"},
                                     {"DELETE", "/api/v2/jobs/" + id},
                                     {"POST", "/api/v2/data/upload"}}) {
    EXPECT_EQ(client().send(method, path, "", bearer(watcher_)).status, 403) << path;
  }
  for (const auto& [method, path] :
       {std::pair("GET", "/api/v2/keys"), {"GET", "/api/v2/audit"}, {"DELETE", "/api/v2/keys/1"}}) {
    const auto answer = ask(ada_, method, path);
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_TRUE(answer.json()["detail"].get<std::string>().contains("admin")) << path;
  }
  EXPECT_EQ(ask(ada_, "POST", "/api/v2/jobs/" + id + "/submit").status, 200);
}

TEST_F(AccessApi, AnswersForbiddenForAnotherUsersJobInEveryWay) {
  const auto id = created_by(ada_);
  for (const auto& [method, rest] : {std::pair("GET", ""),
                                     {"DELETE", ""},
                                     {"POST", "/submit"},
                                     {"POST", "/cancel"},
                                     {"GET", "/results"},
                                     {"GET", "/history"},
                                     {"GET", "/explain"}}) {
    EXPECT_EQ(ask(bob_, method, "/api/v2/jobs/" + id + rest).status, 403) << rest;
  }
  EXPECT_EQ(record(id).status, domain::JobStatus::pending);
}

TEST_F(AccessApi, KeepsListsToTheirUserUnlessAnAdminAsks) {
  created_by(ada_);
  ask(ada_, "POST", "/api/v2/batches",
      R"({"config":{"data_path":"a.csv","horizon":3,"segment_col":"s"},"models":["ets"]})");
  for (const auto* list : {"/api/v2/jobs", "/api/jobs", "/api/v2/batches"}) {
    const std::string path = list;
    const auto total = ask(ada_, "GET", path).json()["total"].get<int>();
    EXPECT_GT(total, 0) << path;
    EXPECT_EQ(ask(bob_, "GET", path).json()["total"], 0) << path;
    EXPECT_EQ(ask(bob_, "GET", path + "?user=ada").status, 403) << path;
    EXPECT_EQ(ask(bob_, "GET", path + "?user=*").status, 403) << path;
    EXPECT_EQ(ask(root_, "GET", path).json()["total"], 0) << path;
    EXPECT_EQ(ask(root_, "GET", path + "?user=ada").json()["total"], total) << path;
    EXPECT_EQ(ask(root_, "GET", path + "?user=*").json()["total"], total) << path;
  }
}

TEST_F(AccessApi, LetsAnAdminStopAnybodysJob) {
  const auto id = created_by(ada_);
  EXPECT_EQ(ask(root_, "POST", "/api/v2/jobs/" + id + "/cancel").json()["status"], "cancelled");
}

TEST_F(AccessApi, GivesABrowserACookieThatScriptsAndOtherSitesCannotUse) {
  const auto begun = ask(watcher_, "POST", "/api/v2/session");
  ASSERT_EQ(begun.status, 201);
  const auto set = begun.headers.at("set-cookie");
  for (const auto* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=432"})
    EXPECT_TRUE(set.contains(part)) << set;
  EXPECT_FALSE(set.contains("Secure"));
  const Headers cookie{{"Cookie", "theme=dark; " + set.substr(0, set.find(';'))}};
  const auto me = client().send("GET", "/api/v2/session", "", cookie);
  EXPECT_EQ(me.json()["user"], "ada");
  EXPECT_EQ(me.json()["role"], "viewer");
  EXPECT_EQ(client().send("DELETE", "/api/v2/session", "", cookie).status, 204);
  EXPECT_EQ(client().send("GET", "/api/v2/session", "", cookie).status, 401);
  EXPECT_EQ(ask(watcher_, "GET", "/api/v2/session").status, 200);
}

TEST_F(AccessApi, MarksTheCookieSecureWhenTheBrowserCameOverTls) {
  auto headers = bearer(ada_);
  headers["X-Forwarded-Proto"] = "https";
  const auto begun = client().send("POST", "/api/v2/session", "", headers);
  EXPECT_TRUE(begun.headers.at("set-cookie").ends_with("; Secure"));
}

TEST_F(AccessApi, EndsASessionWithTheKeyItWasBegunWith) {
  const auto set = ask(ada_, "POST", "/api/v2/session").headers.at("set-cookie");
  const Headers cookie{{"Cookie", set.substr(0, set.find(';'))}};
  ASSERT_EQ(client().send("GET", "/api/v2/jobs", "", cookie).status, 200);
  ask(root_, "DELETE", "/api/v2/keys/" + id_of(ada_));
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", cookie).status, 401);
}

TEST_F(AccessApi, NotesEveryChangeAndEveryAttemptButNoReading) {
  const auto made = client().send("POST", "/api/v2/jobs", good_config,
                                  {{"Authorization", "Bearer " + ada_}, {"X-Request-Id", "r-1"}});
  const auto id = made.json()["job_id"].get<std::string>();
  ask(ada_, "GET", "/api/v2/jobs");
  ask(bob_, "POST", "/api/v2/jobs/" + id + "/cancel");
  ask(ada_, "POST", "/api/v2/jobs", "{}");
  client().send("POST", "/api/v2/jobs", good_config);
  const auto key = ask(root_, "POST", "/api/v2/keys", R"({"user":"eve"})").json();
  const auto log = audited();
  ASSERT_EQ(log.size(), 4U);
  EXPECT_EQ(log[0].user_id, "ada");
  EXPECT_EQ(log[0].role, "member");
  EXPECT_EQ(log[0].key_id, id_of(ada_));
  EXPECT_EQ(log[0].action, "POST /api/v2/jobs");
  EXPECT_EQ(log[0].record, id);
  EXPECT_EQ(log[0].status, 201);
  EXPECT_EQ(log[0].client, "127.0.0.1");
  EXPECT_EQ(log[0].correlation_id, "r-1");
  EXPECT_LE(log[0].at, system_clock().now());
  EXPECT_EQ(log[1].user_id, "bob");
  EXPECT_EQ(log[1].action, "POST /api/v2/jobs/{id}/cancel");
  EXPECT_EQ(log[1].record, id);
  EXPECT_EQ(log[1].status, 403);
  EXPECT_EQ(log[2].status, 422);
  EXPECT_EQ(log[3].action, "POST /api/v2/keys");
  EXPECT_EQ(log[3].record, key["key_id"].get<std::string>());
}

TEST_F(AccessApi, ShowsTheAuditLogToAdminsInPages) {
  std::vector<ports::AuditEntry> entries;
  for (int i = 0; i < 3; ++i) {
    entries.push_back({.id = ports::AuditId::make(),
                       .at = system_clock().now(),
                       .user_id = "ada",
                       .role = "member",
                       .action = "POST /api/v2/jobs",
                       .record = std::to_string(i),
                       .status = 201,
                       .client = "10.0.0.1"});
  }
  ASSERT_TRUE(access_->append_audit(entries));
  const auto first = ask(root_, "GET", "/api/v2/audit?user=ada&limit=2").json();
  EXPECT_EQ(first["entries"][0]["record"], "2");
  EXPECT_TRUE(first["has_more"].get<bool>());
  const auto cursor = first["entries"][1]["audit_id"].get<std::string>();
  const auto second = ask(root_, "GET", "/api/v2/audit?user=ada&before=" + cursor).json();
  EXPECT_EQ(second["entries"].size(), 1U);
  EXPECT_EQ(ask(root_, "GET", "/api/v2/audit?colour=red").status, 400);
  EXPECT_EQ(ask(root_, "GET", "/api/v2/audit?before=x").status, 400);
  EXPECT_EQ(ask(root_, "GET", "/api/v2/audit?after=yesterday").status, 400);
}

TEST_F(AccessApi, AnswersUnavailableNotUnknownWhenNobodyCanBeAsked) {
  class Away final : public ports::Identity {
    Result<ports::Principal> identify(const Secret&) override {
      return fail(Errc::unavailable, "the issuer's keys cannot be fetched");
    }
  };
  sign_in_by(std::make_unique<Away>());
  EXPECT_EQ(client().send("GET", "/api/v2/jobs", "", bearer(ada_)).status, 503);
}

TEST_F(AccessApi, AnswersOnlyToItsNameWhereNobodySignsIn) {
  sign_in_by(std::make_unique<service::OpenIdentity>());
  restart({.host_names = {"localhost", "[::1]"}});
  const auto asked = [&](const std::string& host) {
    Client one(server_->port());
    one.write("GET /api/v2/jobs HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return one.read().status;
  };
  EXPECT_EQ(asked("localhost:8080"), 200);
  EXPECT_EQ(asked("LOCALHOST"), 200);
  EXPECT_EQ(asked("[::1]:80"), 200);
  EXPECT_EQ(asked("rebound.example"), 421);
  EXPECT_EQ(asked("localhost.example"), 421);
  EXPECT_EQ(asked("[::1"), 421);
}

}  // namespace
}  // namespace trainyard::http
