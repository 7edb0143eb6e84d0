#include "common/crypto/digest.hpp"
#include "tests/contract/http_api/api_fixture.hpp"
#include "tests/contract/http_api/openapi_check.hpp"

namespace trainyard::http {
namespace {

json event_of(const std::string& id, const json& data) {
  return {{"specversion", "1.0"},  {"id", id},
          {"source", "warehouse"}, {"type", "trainyard.retrain.requested.v1"},
          {"subject", "sales"},    {"time", "2026-03-01T12:00:00Z"},
          {"data", data}};
}

const json whole{{"data_path", "a.csv"},
                 {"reason", "new data"},
                 {"segments", {"north"}},
                 {"config", {{"horizon", 3}, {"segment_col", "s"}, {"models", {"ets", "theta"}}}}};

std::string signature(std::string_view body, const std::string& secret) {
  return "sha256=" + crypto::hmac_sha256_hex(body, Secret(secret));
}

class EventsApi : public ApiTest {
 protected:
  Answer send(const json& event, const std::string& type = "application/cloudevents+json",
              std::map<std::string, std::string> headers = {}) {
    headers["Content-Type"] = type;
    auto answer = client().send("POST", "/api/v2/events", event.dump(), headers);
    EXPECT_TRUE(is_described("POST", "/api/v2/events", answer));
    return answer;
  }
  json jobs() { return get("/api/v2/jobs").json(); }
};

TEST_F(EventsApi, StartsABatchThatTellsItsCause) {
  const auto answer = send(event_of("e-1", whole));
  ASSERT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(answer.json()["event_id"], "e-1");
  EXPECT_EQ(answer.json()["total_jobs"], 2);
  EXPECT_EQ(answer.json()["repeated"], false);
  const auto batch = answer.json()["batch_id"].get<std::string>();
  EXPECT_EQ(answer.headers.at("location"), "/api/v2/batches/" + batch);
  const auto page = jobs();
  ASSERT_EQ(page["total"], 2);
  const json cause{{"id", "e-1"},
                   {"source", "warehouse"},
                   {"subject", "sales"},
                   {"type", "trainyard.retrain.requested.v1"}};
  for (const auto& job : page["jobs"]) {
    EXPECT_EQ(job["batch_id"], batch);
    EXPECT_EQ(job["cause"], cause);
    EXPECT_EQ(job["status"], "submitting");
    const auto path = "/api/v2/jobs/" + job["job_id"].get<std::string>();
    EXPECT_EQ(get(path).json()["cause"], cause);
    EXPECT_EQ(get(path + "/history").json()["cause"], cause);
  }
}

TEST_F(EventsApi, ANewJobWithoutAnEventHasNoCause) {
  const auto id = create();
  EXPECT_TRUE(get("/api/v2/jobs/" + id).json()["cause"].is_null());
}

TEST_F(EventsApi, StartsOnceForAnEventThatIsSentAgain) {
  const auto first = send(event_of("e-1", whole)).json();
  auto later = event_of("e-1", whole);
  later["time"] = "2026-03-01T13:00:00Z";
  const auto again = send(later);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.json()["repeated"], true);
  EXPECT_EQ(again.json()["batch_id"], first["batch_id"]);
  EXPECT_EQ(jobs()["total"], 2);
  auto other = event_of("e-1", whole);
  other["source"] = "shop";
  EXPECT_EQ(send(other).json()["repeated"], false) << "ids are unique within a source only";
  EXPECT_EQ(jobs()["total"], 4);
}

TEST_F(EventsApi, AnswersARequestThatIsNamedAsBefore) {
  std::map<std::string, std::string> headers{{"Idempotency-Key", "k"},
                                             {"ce-specversion", "1.0"},
                                             {"ce-id", "e-1"},
                                             {"ce-source", "warehouse"},
                                             {"ce-type", "trainyard.retrain.requested.v1"},
                                             {"ce-subject", "sales"},
                                             {"ce-time", "2026-03-01T12:00:00Z"}};
  const auto first = send(whole, "application/json", headers);
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(send(whole, "application/json", headers).body, first.body) << "not as repeated";
  headers["ce-id"] = "e-2";
  EXPECT_EQ(send(whole, "application/json", headers).status, 422) << "another event";
}

TEST_F(EventsApi, KeepsTheEventsOfUsersApart) {
  const auto first = send(event_of("e-1", whole)).json();
  user_ = "grace";
  const auto second = send(event_of("e-1", whole)).json();
  EXPECT_EQ(second["repeated"], false);
  EXPECT_NE(second["batch_id"], first["batch_id"]);
}

TEST_F(EventsApi, RefusesDataThatMayNotBeRead) {
  intake_.check_path = [](const std::string& path) -> Result<void> {
    if (path == "a.csv") return {};
    return fail(Error{.code = Errc::forbidden, .detail = "not there", .field = "data_path"});
  };
  EXPECT_EQ(send(event_of("e-1", whole)).status, 202);
  auto elsewhere = whole;
  elsewhere["data_path"] = "/etc/passwd";
  EXPECT_EQ(send(event_of("e-2", elsewhere)).status, 403);
  const json stored{{"config", {{"data_path", "/etc/passwd"}, {"horizon", 7}}}};
  EXPECT_EQ(described("PUT", "/api/v2/templates/t", stored.dump()).status, 403);
  auto schedule = stored;
  schedule["cron"] = "30 2 * * *";
  EXPECT_EQ(described("PUT", "/api/v2/schedules/s", schedule.dump()).status, 403);
}

TEST_F(EventsApi, RefusesToAskInTheNameOfAnothersTrigger) {
  described("PUT", "/api/v2/triggers/sales", R"({"table":"/tables/sales"})");
  auto asked = whole;
  asked["trigger"] = "sales";
  const auto started = send(event_of("e-1", asked));
  ASSERT_EQ(started.status, 202) << started.body;
  user_ = "grace";
  EXPECT_EQ(send(event_of("e-2", asked)).status, 403);
  user_ = "local_user";
  const auto decisions = get("/api/v2/triggers/sales/decisions").json()["decisions"];
  ASSERT_EQ(decisions.size(), 1U) << "of grace's attempt the trigger hears nothing";
  EXPECT_EQ(decisions[0]["outcome"], "started");
  EXPECT_EQ(decisions[0]["data"]["batch_id"], started.json()["batch_id"]);
  EXPECT_EQ(send(event_of("e-1", asked)).json()["repeated"], true);
  EXPECT_EQ(get("/api/v2/triggers/sales/decisions").json()["decisions"][0]["outcome"], "repeated");
}

TEST_F(EventsApi, TakesTheBinaryMode) {
  const auto answer = send(whole, "application/json",
                           {{"ce-specversion", "1.0"},
                            {"ce-id", "caf%C3%A9"},
                            {"ce-source", "warehouse"},
                            {"ce-type", "trainyard.retrain.requested.v1"},
                            {"ce-subject", "sales"},
                            {"ce-time", "2026-03-01T12:00:00Z"}});
  ASSERT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(answer.json()["event_id"], "café");
}

TEST_F(EventsApi, TellsForEachEventOfABatchWhatItCameTo) {
  auto bad = event_of("e-2", whole);
  bad["type"] = "com.example.unknown";
  const auto answer = send(json::array({event_of("e-1", whole), bad, event_of("e-3", whole)}),
                           "application/cloudevents-batch+json");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto results = answer.json()["results"];
  EXPECT_EQ(results[0]["status_code"], 202);
  EXPECT_EQ(results[1]["error"]["field"], "type");
  EXPECT_EQ(results[2]["event_id"], "e-3");
  EXPECT_EQ(answer.json()["accepted"], 2);
  EXPECT_EQ(answer.json()["refused"], 1);
}

TEST_F(EventsApi, TakesWhatIsMissingFromTheTemplate) {
  const json stored{{"config", {{"data_path", "b.csv"}, {"horizon", 7}, {"segment_col", "s"}}},
                    {"models", {"theta"}},
                    {"segments", {"north", "south"}}};
  ASSERT_EQ(described("PUT", "/api/v2/templates/sales", stored.dump()).status, 201);
  const auto answer = send(event_of("e-1", {{"table", "main.sales"},
                                            {"template", "sales"},
                                            {"config", {{"horizon", 5}}},
                                            {"segments", {"south"}},
                                            {"reason", "new data"}}));
  ASSERT_EQ(answer.status, 202) << answer.body;
  const auto page = jobs();
  ASSERT_EQ(page["total"], 1);
  EXPECT_EQ(page["jobs"][0]["segment_id"], "south");
  EXPECT_EQ(page["jobs"][0]["model"], "theta");
  const auto job = get("/api/v2/jobs/" + page["jobs"][0]["job_id"].get<std::string>()).json();
  EXPECT_EQ(job["config"]["data_path"], "b.csv");
  EXPECT_EQ(job["config"]["horizon"], 5) << "the event's own wins";
}

TEST_F(EventsApi, TakesWhatIsMissingFromTheLastSuccessfulJobOfTheSegment) {
  const json data{{"table", "main.sales"}, {"segments", {"north"}}, {"reason", "new data"}};
  const auto refused = send(event_of("e-0", data));
  EXPECT_EQ(refused.status, 404) << refused.body;
  EXPECT_NE(refused.json()["detail"].get<std::string>().find("'north'"), std::string::npos);

  send(event_of("e-1", whole));
  const auto first = jobs()["jobs"];
  for (const auto& job : first)
    complete(job["job_id"], "{}", "{}");
  const auto answer = send(event_of("e-2", data));
  ASSERT_EQ(answer.status, 202) << answer.body;
  const auto page =
      get("/api/v2/jobs?batch=" + answer.json()["batch_id"].get<std::string>()).json();
  ASSERT_EQ(page["total"], 1);
  const auto job = get("/api/v2/jobs/" + page["jobs"][0]["job_id"].get<std::string>()).json();
  EXPECT_EQ(job["config"]["data_path"], "a.csv");
  EXPECT_EQ(job["config"]["horizon"], 3);
  EXPECT_EQ(job["segment_id"], "north");
}

TEST_F(EventsApi, RefusesSegmentsWhoseLastJobsDisagree) {
  for (const auto& [id, horizon, segment] :
       {std::tuple("e-1", 3, "north"), std::tuple("e-2", 4, "south")}) {
    auto data = whole;
    data["segments"] = {segment};
    data["config"]["horizon"] = horizon;
    data["config"]["models"] = {"ets"};
    send(event_of(id, data));
  }
  for (const auto& job : jobs()["jobs"])
    complete(job["job_id"], "{}", "{}");
  const auto answer = send(
      event_of("e-3", {{"table", "t"}, {"segments", {"north", "south"}}, {"reason", "new data"}}));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.json()["field"], "segments");
}

TEST_F(EventsApi, RefusesWhatIsNoEventOrAnInvalidOne) {
  EXPECT_EQ(send(whole, "application/json").json()["field"], "Content-Type");
  auto missing = event_of("e-1", {{"table", "t"}});
  EXPECT_EQ(send(missing).json()["field"], "data.reason");
  auto control = event_of("a\u0001", whole);
  EXPECT_EQ(send(control).json()["field"], "id");
  auto twice = whole;
  twice["models"] = {"ets", "ets"};
  EXPECT_EQ(send(event_of("e-1", twice)).json()["field"], "models");
  auto unknown = whole;
  unknown["template"] = "nothing";
  EXPECT_EQ(send(event_of("e-1", unknown)).status, 404);
  EXPECT_EQ(client()
                .send("POST", "/api/v2/events", "{nope",
                      {{"Content-Type", "application/cloudevents+json"}})
                .status,
            400);
  EXPECT_EQ(jobs()["total"], 0);
}

TEST_F(EventsApi, RefusesAnothersTemplate) {
  const json stored{{"config", {{"data_path", "b.csv"}, {"horizon", 7}}}};
  described("PUT", "/api/v2/templates/sales", stored.dump());
  user_ = "grace";
  EXPECT_EQ(send(event_of("e-1", {{"table", "t"}, {"template", "sales"}, {"reason", "r"}})).status,
            403);
}

class SignedEvents : public EventsApi {
 protected:
  SignedEvents() { api_->webhook_secret = Secret("quiet"); }
};

TEST(Signature, IsThatOfRfc4231) {
  EXPECT_EQ(signature("what do ya want for nothing?", "Jefe"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(SignedEvents, AreTakenWithTheSignatureOfTheirBodyAlone) {
  const auto event = event_of("e-1", whole);
  const auto with = [&](const std::string& sent) {
    return send(event, "application/cloudevents+json", {{"X-Trainyard-Signature", sent}}).status;
  };
  EXPECT_EQ(send(event).status, 401);
  EXPECT_EQ(with(signature(event.dump(), "loud")), 401);
  EXPECT_EQ(with(signature(event.dump() + " ", "quiet")), 401);
  EXPECT_EQ(with("sha256="), 401);
  EXPECT_EQ(with(signature(event.dump(), "quiet")), 202);
}

TEST_F(SignedEvents, AreRefusedInBinaryModeWhereHeadersWouldGoUnsigned) {
  const auto answer = send(whole, "application/json",
                           {{"X-Trainyard-Signature", signature(whole.dump(), "quiet")},
                            {"ce-specversion", "1.0"},
                            {"ce-id", "e-1"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["field"], "Content-Type");
}

class TemplatesApi : public ApiTest {};

TEST_F(TemplatesApi, AreStoredReplacedListedAndRemoved) {
  const std::string path = "/api/v2/templates/sales.v1";
  const auto made = described("PUT", path, R"({"config":{"horizon":7},"models":["ets"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.json()["spec"]["config"]["horizon"], 7);
  EXPECT_EQ(described("PUT", path, R"({"config":{"horizon":8}})").status, 200);
  EXPECT_EQ(get(path).json()["spec"], json::parse(R"({"config":{"horizon":8}})"));
  EXPECT_EQ(get(path).json()["revision"], 2);
  described("PUT", "/api/v2/templates/a", R"({"config":{"horizon":7}})");
  const auto page = get("/api/v2/templates?limit=1").json();
  EXPECT_EQ(page["templates"][0]["name"], "a");
  EXPECT_EQ(page["has_more"], true);
  EXPECT_EQ(get("/api/v2/templates?after=a").json()["templates"].size(), 1U);
  EXPECT_EQ(described("DELETE", path).status, 204);
  EXPECT_EQ(get(path).status, 404);
}

TEST_F(TemplatesApi, AreCheckedAsAJobsConfigIs) {
  const auto refused = [&](const std::string& body, const std::string& name = "t") {
    const auto answer = described("PUT", "/api/v2/templates/" + name, body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    return answer.json()["field"];
  };
  EXPECT_EQ(refused(R"({"config":{"horizon":0}})"), "horizon");
  EXPECT_EQ(refused(R"({"config":{"horizon":7},"models":["perfect"]})"), "models");
  EXPECT_EQ(refused(R"({"config":{"horizon":7},"colour":1})"), "colour");
  EXPECT_EQ(refused(R"({"config":{"horizon":7,"data":[]}})"), "config.data");
  EXPECT_EQ(refused(R"({"config":{"horizon":7}})", "a%20b"), "name");
}

TEST_F(TemplatesApi, BelongToTheirUser) {
  const std::string body = R"({"config":{"horizon":7}})";
  described("PUT", "/api/v2/templates/t", body);
  user_ = "grace";
  EXPECT_EQ(get("/api/v2/templates/t").status, 403);
  EXPECT_EQ(described("PUT", "/api/v2/templates/t", body).status, 403);
  EXPECT_EQ(described("DELETE", "/api/v2/templates/t").status, 403);
  EXPECT_TRUE(get("/api/v2/templates").json()["templates"].empty());
  EXPECT_EQ(get("/api/v2/templates?user=*").status, 403);
}

TEST_F(TemplatesApi, StayTheirUsersWhenAnAdminChangesThem) {
  described("PUT", "/api/v2/templates/t", R"({"config":{"horizon":7}})");
  who_ = {.user_id = "root", .role = domain::Role::admin};
  const auto changed = described("PUT", "/api/v2/templates/t", R"({"config":{"horizon":8}})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.json()["user_id"], "local_user");
  EXPECT_TRUE(get("/api/v2/templates").json()["templates"].empty());
  EXPECT_EQ(get("/api/v2/templates?user=*").json()["templates"].size(), 1U);
}

}  // namespace
}  // namespace trainyard::http
