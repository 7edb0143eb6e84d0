#include "tests/contract/http_api/api_fixture.hpp"

#include <fmt/format.h>

#include <set>

namespace trainyard::http {
namespace {

struct List {
  std::string path;   // with its first parameters
  std::string items;  // where its answer has them
  std::string id;     // what tells them apart
};

class Paging : public ApiTest {
 protected:
  Paging() {
    who_.role = domain::Role::admin;
    for (const auto* name : {"a", "b", "c"}) {
      create();
      described("PUT", fmt::format("/api/v2/limits/queue/{}", name), R"({"concurrency":2})");
      described("PUT", fmt::format("/api/v2/templates/{}", name), R"({"config":{"horizon":7}})");
      described("PUT", fmt::format("/api/v2/schedules/{}", name),
                R"({"cron":"0 6 * * *","config":{"data_path":"a.csv","horizon":7}})");
      described("PUT", fmt::format("/api/v2/triggers/{}", name),
                R"({"table":"/lake/sales","template":"a"})");
      post("/api/v2/keys", fmt::format(R"({{"user":"{}"}})", name));
      post("/api/v2/batches", R"({"config":{"data_path":"a.csv","horizon":3},"models":["ets"]})");
    }
    begin_pipelines();
    note_decisions();
    note_audit();
  }

  // Everything in the list, page by page of one.
  std::vector<std::string> walk(const List& list) const {
    std::vector<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = get(list.path + "&limit=1" + cursor).json();
      for (const auto& item : page[list.items])
        seen.push_back(item[list.id].dump());
      EXPECT_EQ(page["has_more"], page["next_cursor"].is_string()) << list.path;
      if (page["next_cursor"].is_null()) break;
      cursor = "&cursor=" + page["next_cursor"].get<std::string>();
    }
    return seen;
  }

  std::vector<List> lists_ = {
      {"/api/v2/jobs?status=pending", "jobs", "job_id"},
      {"/api/jobs?status=pending", "jobs", "job_id"},
      {"/api/v2/batches?user=local_user", "batches", "batch_id"},
      {"/api/v2/limits?", "limits", "name"},
      {"/api/v2/keys?kind=key", "keys", "key_id"},
      {"/api/v2/audit?user=walker", "entries", "audit_id"},
      {"/api/v2/templates?user=*", "templates", "name"},
      {"/api/v2/schedules?user=*", "schedules", "name"},
      {"/api/v2/triggers?user=*", "triggers", "name"},
      {"/api/v2/pipelines?user=piper", "pipelines", "pipeline_id"},
      {"/api/v2/schedules/a/decisions?", "decisions", "id"},
  };

 private:
  // Of another user, since their batches would be among the others.
  void begin_pipelines() {
    const auto me = std::exchange(user_, "piper");
    for (int i = 0; i < 3; ++i) {
      post("/api/v2/pipelines",
           R"({"steps":[{"name":"a","config":{"data_path":"a.csv","horizon":3}}]})");
    }
    user_ = me;
  }
  void note_audit() {
    std::vector<ports::AuditEntry> entries;
    for (int i = 0; i < 3; ++i) {
      entries.push_back({.id = ports::AuditId::make(),
                         .at = system_clock().now(),
                         .user_id = "walker",
                         .role = "member",
                         .action = "POST /api/v2/jobs",
                         .status = 201,
                         .client = "10.0.0.1"});
    }
    ASSERT_TRUE(access_->append_audit(entries));
  }
  void note_decisions() {
    const auto known = *definitions_->get(ports::DefinitionKind::schedule, "a");
    ports::Advance advance{.kind = known.kind,
                           .name = known.name,
                           .revision = known.revision,
                           .state = known.state,
                           .due_at = known.due_at};
    for (int i = 0; i < 3; ++i)
      advance.decisions.push_back(
          {.at = system_clock().now(), .outcome = "fired", .reason = "r", .data = "{}"});
    ASSERT_TRUE(definitions_->advance(advance).has_value());
  }
};

TEST_F(Paging, EveryListIsWholePageByPage) {
  for (const auto& list : lists_) {
    const auto seen = walk(list);
    EXPECT_EQ(seen.size(), 3U) << list.path;
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 3U) << list.path;
    const auto whole = get(list.path).json();
    EXPECT_EQ(whole["next_cursor"], nullptr);
    EXPECT_EQ(whole[list.items][2][list.id].dump(), seen[2]) << list.path;
  }
}

TEST_F(Paging, CursorsOfOtherListsAndNonsenseAreRefusedByName) {
  const auto of_jobs = get("/api/v2/jobs?limit=1").json()["next_cursor"].get<std::string>();
  const auto of_keys = get("/api/v2/keys?limit=1").json()["next_cursor"].get<std::string>();
  for (const auto& list : lists_) {
    const bool is_jobs = list.items == "jobs";
    for (const auto& cursor : {std::string("7"), std::string("bm9uc2Vuc2U"), std::string(),
                               std::string("am9iczpub25zZW5zZQ"), is_jobs ? of_keys : of_jobs}) {
      const auto answer = get(list.path + "&cursor=" + cursor);
      EXPECT_EQ(answer.status, 400) << list.path << ": " << answer.body;
      EXPECT_EQ(answer.json()["field"], "cursor");
    }
  }
}

TEST_F(Paging, SaysThatATotalIsExactWhileItIs) {
  const auto page = get("/api/v2/jobs?limit=1&model=theta").json();
  EXPECT_EQ(page["total"], 3);
  EXPECT_TRUE(page["total_is_exact"].get<bool>());
}

}  // namespace
}  // namespace trainyard::http
