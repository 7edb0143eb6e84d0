#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class TriggersApi : public ApiTest {
 protected:
  Answer put(const json& spec, const std::string& name = "sales") const {
    return described("PUT", "/api/v2/triggers/" + name, spec.dump());
  }
};

const json sales{{"table", "/tables/sales"},
                 {"min_rows", 100},
                 {"window", {{"from", "22:00"}, {"until", "06:00"}, {"timezone", "Europe/Berlin"}}},
                 {"template", "sales"}};

TEST_F(TriggersApi, AreStoredAndGoOnFromWhatTheyHaveSeenUnlessTheTableChanges) {
  const auto made = put(sales);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["spec"], sales);
  ports::Advance advance{.kind = ports::DefinitionKind::trigger,
                         .name = "sales",
                         .revision = 1,
                         .state = R"({"version":7})",
                         .due_at = {},
                         .decisions = {{.at = system_clock().now(),
                                        .outcome = "skipped",
                                        .reason = "OPTIMIZE changed no data"}}};
  ASSERT_TRUE(definitions_->advance(advance).has_value());
  auto stricter = sales;
  stricter["min_rows"] = 200;
  EXPECT_EQ(put(stricter).json()["state"]["version"], 7);
  EXPECT_EQ(post("/api/v2/triggers/sales/pause").json()["spec"]["enabled"], false);
  EXPECT_EQ(post("/api/v2/triggers/sales/resume").json()["state"]["version"], 7);
  const auto decisions = get("/api/v2/triggers/sales/decisions").json()["decisions"];
  EXPECT_EQ(decisions[0]["reason"], "OPTIMIZE changed no data");
  stricter["table"] = "/tables/other";
  EXPECT_EQ(put(stricter).json()["state"], json::object());
  EXPECT_EQ(get("/api/v2/triggers").json()["triggers"].size(), 1U);
  EXPECT_EQ(described("DELETE", "/api/v2/triggers/sales").status, 204);
  EXPECT_EQ(get("/api/v2/triggers/sales").status, 404);
}

TEST_F(TriggersApi, AreCheckedKeyByKey) {
  const auto refused = [&](const std::string& key, const json& value) {
    auto spec = sales;
    spec[key] = value;
    const auto answer = put(spec);
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json()["field"];
  };
  EXPECT_EQ(refused("table", ""), "table");
  EXPECT_EQ(refused("start", "never"), "start");
  EXPECT_EQ(refused("min_rows", -1), "min_rows");
  EXPECT_EQ(refused("debounce_seconds", 1.5), "debounce_seconds");
  EXPECT_EQ(refused("cooldown_seconds", 1e9), "cooldown_seconds");
  EXPECT_EQ(refused("on_schema_change", "panic"), "on_schema_change");
  EXPECT_EQ(refused("window", {{"from", "25:00"}, {"until", "06:00"}}), "window.from");
  EXPECT_EQ(refused("window", {{"from", "22:00"}, {"until", "06:00"}, {"timezone", "Mars"}}),
            "timezone");
  EXPECT_EQ(refused("changed_segments_only", true), "segment_col");
  EXPECT_EQ(refused("enabled", 1), "enabled");
  EXPECT_EQ(refused("colour", 1), "colour");
}

TEST_F(TriggersApi, WatchNoTableThatMayNotBeRead) {
  intake_.check_path = [](const std::string& path) -> Result<void> {
    if (path == "/tables/sales") return {};
    return fail(Error{.code = Errc::forbidden, .detail = "not there", .field = "data_path"});
  };
  EXPECT_EQ(put(sales).status, 201);
  auto elsewhere = sales;
  elsewhere["table"] = "/home/grace/sales";
  const auto refused = put(elsewhere);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.json()["field"], "table");
}

TEST_F(TriggersApi, BelongToTheirUser) {
  put(sales);
  user_ = "grace";
  EXPECT_EQ(put(sales).status, 403);
  EXPECT_EQ(post("/api/v2/triggers/sales/pause").status, 403);
  EXPECT_EQ(get("/api/v2/triggers/sales/decisions").status, 403);
}

}  // namespace
}  // namespace trainyard::http
