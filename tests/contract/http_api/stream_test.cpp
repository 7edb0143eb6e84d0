#include "tests/contract/http_api/live_fixture.hpp"

#include <fmt/format.h>

namespace trainyard::http {
namespace {

struct Event {
  std::string id;
  json data;
};

// What an EventSource of a browser does, blocking.
class EventSourceClient {
 public:
  EventSourceClient(std::uint16_t port, const std::string& topic,
                    const std::string& last_event_id = "")
      : client_(port) {
    client_.write(fmt::format("GET /api/v2/stream?topic={} HTTP/1.1\r\nHost: test\r\n{}\r\n", topic,
                              last_event_id.empty()
                                  ? std::string()
                                  : fmt::format("Last-Event-ID: {}\r\n", last_event_id)));
    head_ = client_.read_head();
  }

  const Answer& head() const { return head_; }
  Event hear() {
    Event event;
    for (auto line = client_.read_line(); !line.empty(); line = client_.read_line()) {
      if (line.starts_with("id: ")) event.id = line.substr(4);
      if (line.starts_with("data: ")) event.data = json::parse(line.substr(6));
    }
    return event;
  }
  // Events follow this one; see Browser::follow.
  Event follow() {
    auto event = hear();
    while (event.id.empty())
      event = hear();
    return event;
  }
  bool is_closed_by_server() { return client_.is_closed_by_server(); }

 private:
  Client client_;
  Answer head_;
};

using StreamApi = LiveApi;

TEST_F(StreamApi, TellsWhatTheSocketTells) {
  const auto id = create("?submit=true");
  EventSourceClient source(server_->port(), "job:" + id);
  EXPECT_EQ(source.head().status, 200);
  EXPECT_EQ(source.head().headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(source.head().headers.at("cache-control"), "no-store");
  const auto hello = source.follow();
  EXPECT_EQ(hello.data["op"], "subscribed");
  EXPECT_EQ(hello.data["topic"], "job:" + id);
  EXPECT_EQ(hello.data["snapshot"]["job_id"], id);
  complete(id, "{}", "{}");
  relay();
  EXPECT_EQ(source.hear().data["type"], "job.started");
  const auto end = source.hear();
  EXPECT_EQ(end.data["type"], "job.completed");
  EXPECT_EQ(end.id, fmt::format("{}:{}", end.data["position"]["epoch"].get<std::string>(),
                                end.data["position"]["offset"].get<std::string>()));
}

TEST_F(StreamApi, ReplaysWhatALostConnectionMissed) {
  EventSourceClient watcher(server_->port(), "mine");  // keeps the news coming
  watcher.follow();
  std::string last;
  {
    EventSourceClient source(server_->port(), "mine");
    last = source.follow().id;
  }
  const auto id = create("?submit=true");
  relay();
  EXPECT_EQ(watcher.hear().data["type"], "job.created");
  EXPECT_EQ(watcher.hear().data["type"], "job.submitted");
  EventSourceClient again(server_->port(), "mine", last);
  const auto hello = again.hear();
  EXPECT_TRUE(hello.data["recovered"].get<bool>());
  EXPECT_EQ(hello.id, last);
  const auto created = again.hear();
  EXPECT_EQ(created.data["type"], "job.created");
  EXPECT_EQ(created.data["data"]["job_id"], id);
  EXPECT_EQ(again.hear().data["type"], "job.submitted");
}

TEST_F(StreamApi, ShowsTheTopicAnewAfterAPositionThatNobodyKnows) {
  EventSourceClient source(server_->port(), "mine", "another/epoch:12");
  const auto hello = source.follow();
  EXPECT_FALSE(hello.data["recovered"].get<bool>());
  EXPECT_EQ(hello.data["snapshot"]["total"], 0);
}

TEST_F(StreamApi, RefusesTopicsAsAProblem) {
  const auto id = create();
  EXPECT_EQ(get("/api/v2/stream").status, 400);
  EXPECT_EQ(get("/api/v2/stream?topic=everything").json()["field"], "topic");
  EXPECT_EQ(get("/api/v2/stream?topic=mine&since=1").json()["field"], "since");
  EXPECT_EQ(get("/api/v2/stream?topic=job:" + JobId::make().to_string()).status, 404);
  user_ = "mallory";
  EXPECT_EQ(get("/api/v2/stream?topic=job:" + id).status, 403);
}

TEST_F(StreamApi, TakesTheCredentialsThatTheSocketTakesAndEndsWithThem) {
  sign_in_by(std::make_unique<service::KeyIdentity>(*access_, system_clock()));
  EXPECT_EQ(get("/api/v2/stream?topic=mine").status, 401);
  const auto made =
      service::create_key(*access_, {.user_id = "root"}, {.user_id = "ada"}, system_clock().now());
  Client tool(server_->port());
  tool.write(
      fmt::format("GET /api/v2/stream?topic=mine HTTP/1.1\r\nHost: test\r\nX-API-Key: {}\r\n\r\n",
                  made->key.reveal()));
  EXPECT_EQ(tool.read_head().status, 200);
  ASSERT_TRUE(access_->revoke_key(made->record.id, system_clock().now()));
  std::string last;
  for (auto line = tool.read_line(); !line.empty() || !tool.has_ended(); line = tool.read_line()) {
    if (!line.empty()) last = line;
  }
  EXPECT_EQ(json::parse(last.substr(6))["reason"], "signed out");
}

TEST_F(StreamApi, SaysGoodbyeWhenTheServerStops) {
  EventSourceClient source(server_->port(), "mine");
  source.follow();
  std::jthread stopping([this] { server_->stop(); });
  EXPECT_EQ(source.hear().data["op"], "closing");
  EXPECT_TRUE(source.is_closed_by_server());
}

class StreamAlone : public LiveWithoutBus {
 protected:
  StreamAlone() : LiveWithoutBus(live_routes(), {}) {}
};

TEST_F(StreamAlone, IsServedByAServerOfLiveConnections) {
  EventSourceClient source(server_->port(), "mine");
  EXPECT_EQ(source.hear().data["snapshot"]["total"], 0);
}

}  // namespace
}  // namespace trainyard::http
