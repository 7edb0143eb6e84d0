#include "api/service/api_keys.hpp"
#include "tests/contract/http_api/live_fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace trainyard::http {
namespace {

namespace websocket = boost::beast::websocket;

// A browser's end of a WebSocket, blocking.
class Browser {
 public:
  explicit Browser(std::uint16_t port, const std::map<std::string, std::string>& headers = {})
      : stream_(io_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.set_option(websocket::stream_base::decorator([headers](websocket::request_type& head) {
      for (const auto& [name, value] : headers)
        head.set(name, value);
    }));
    stream_.handshake("test", "/ws");
  }
  void say(const std::string& text) { stream_.write(asio::buffer(text)); }
  json hear() {
    beast::flat_buffer buffer;
    stream_.read(buffer);
    return json::parse(beast::buffers_to_string(buffer.data()));
  }
  boost::system::error_code hear_end() {
    beast::flat_buffer buffer;
    boost::system::error_code error;
    while (!error)
      stream_.read(buffer, error);
    return error;
  }
  json subscribe(const std::string& topic) {
    say(json{{"op", "subscribe"}, {"id", 1}, {"topic", topic}}.dump());
    return hear();
  }
  // Events follow this answer; one without a position may come before, when there is no stream yet.
  json follow(const std::string& topic) {
    auto answer = subscribe(topic);
    while (answer["position"].is_null())
      answer = hear();
    return answer;
  }
  websocket::stream<asio::ip::tcp::socket>& stream() { return stream_; }

 private:
  asio::io_context io_;
  websocket::stream<asio::ip::tcp::socket> stream_;
};

TEST_F(LiveWithoutBus, ShowsAJobAtOnceAndItsEventsOnceTheBusIsThere) {
  const auto id = create("?submit=true");
  Browser browser(server_->port());
  const auto early = browser.subscribe("job:" + id);
  EXPECT_EQ(early["op"], "subscribed");
  EXPECT_EQ(early["position"], nullptr);
  EXPECT_EQ(early["snapshot"]["status"], "submitting");
  complete(id, "{}", "{}");
  feed_.start();
  const auto later = browser.hear();
  EXPECT_EQ(later["op"], "subscribed");
  EXPECT_TRUE(later["position"].is_object());
  EXPECT_EQ(later["snapshot"]["status"], "completed");
}

class LiveAlone : public LiveWithoutBus {
 protected:
  LiveAlone() : LiveWithoutBus(live_routes(), {.lost_hint = "ask an api role"}) {}
};

TEST_F(LiveAlone, ServesTheSocketAndItsHealthAndPointsElsewhereForTheRest) {
  Browser browser(server_->port());
  EXPECT_EQ(browser.subscribe("mine")["snapshot"]["total"], 0);
  EXPECT_EQ(get("/health").status, 200);
  for (const auto* path : {"/", "/api/v2/jobs", "/ws", "/launch"}) {
    const auto lost = client().send("GET", path, "");
    EXPECT_EQ(lost.status, 404) << path;
    EXPECT_EQ(lost.json()["hint"], "ask an api role") << path;
  }
  EXPECT_EQ(client().send("POST", "/api/v2/jobs", good_config).status, 404);
}

TEST_F(LiveApi, ShowsAJobAndThenEveryStepToItsEnd) {
  const auto id = create("?submit=true");
  Browser browser(server_->port());
  const auto hello = browser.follow("job:" + id);
  EXPECT_EQ(hello["op"], "subscribed");
  EXPECT_FALSE(hello["recovered"].get<bool>());
  EXPECT_EQ(hello["snapshot"]["status"], "submitting");
  EXPECT_EQ(hello["snapshot"]["job_id"], id);
  complete(id, "{}", "{}");
  relay();
  const auto started = browser.hear();
  EXPECT_EQ(started["type"], "job.started");
  EXPECT_EQ(started["topic"], "job:" + id);
  const auto completed = browser.hear();
  EXPECT_EQ(completed["type"], "job.completed");
  EXPECT_EQ(completed["data"]["event"], "JOB_COMPLETED");
}

TEST_F(LiveApi, ShowsABatchAsItsPageDoes) {
  const auto made =
      post("/api/v2/batches",
           R"({"config":{"data_path":"a.csv","horizon":3,"segment_col":"s"},"models":["ets"]})")
          .json();
  const auto id = made["batch_id"].get<std::string>();
  Browser browser(server_->port());
  const auto hello = browser.follow("batch:" + id);
  EXPECT_EQ(hello["snapshot"]["segments"], get("/api/v2/batches/" + id).json()["segments"]);
  complete(made["jobs"][1]["job_id"], "{}", "{}");
  relay();
  EXPECT_EQ(browser.hear()["data"]["segment_id"], "south");
}

TEST_F(LiveApi, RefusesTheJobsOfOthersAndUnknownOnes) {
  const auto id = create();
  Browser unknown(server_->port());
  EXPECT_EQ(unknown.subscribe("job:" + JobId::make().to_string())["code"], "not_found");
  user_ = "mallory";
  Browser browser(server_->port());
  EXPECT_EQ(browser.subscribe("job:" + id)["code"], "forbidden");
  EXPECT_EQ(browser.subscribe("mine")["snapshot"]["total"], 0);
}

TEST_F(LiveApi, LetsInByCookieOrHeaderAloneAndEndsWithTheCredential) {
  sign_in_by(std::make_unique<service::KeyIdentity>(*access_, system_clock()));
  EXPECT_THROW(Browser{server_->port()}, boost::system::system_error);
  EXPECT_THROW((Browser{server_->port(), {{"Authorization", "Bearer ty_nothing"}}}),
               boost::system::system_error);
  const auto made =
      service::create_key(*access_, {.user_id = "root"}, {.user_id = "ada"}, system_clock().now());
  const auto& key = made->key.reveal();
  const auto begun = client().send("POST", "/api/v2/session", "", {{"X-API-Key", key}});
  const auto cookie = begun.headers.at("set-cookie");
  Browser browser(server_->port(), {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  Browser tool(server_->port(), {{"Authorization", "Bearer " + key}});
  EXPECT_EQ(browser.follow("mine")["snapshot"]["total"], 0);
  EXPECT_EQ(tool.follow("mine")["snapshot"]["total"], 0);
  ASSERT_TRUE(access_->revoke_key(made->record.id, system_clock().now()));
  for (auto* ended : {&browser, &tool}) {
    EXPECT_EQ(ended->hear()["reason"], "signed out");
    EXPECT_EQ(ended->hear_end(), websocket::error::closed);
  }
}

TEST_F(LiveApi, TakesFragmentsAndAnswersNonsense) {
  Browser browser(server_->port());
  browser.stream().write_some(false, asio::buffer(std::string(R"({"op":"pi)")));
  browser.stream().write_some(true, asio::buffer(std::string(R"(ng","id":7})")));
  EXPECT_EQ(browser.hear(), (json{{"op", "pong"}, {"id", 7}}));
  browser.say("{\"op\":\"dance\"}");
  EXPECT_EQ(browser.hear()["op"], "error");
}

TEST_F(LiveApi, ClosesOnAMessageOverTheLimit) {
  Browser browser(server_->port());
  browser.say(std::string(65 * 1024, 'a'));
  EXPECT_EQ(browser.hear_end(), websocket::error::closed);
  EXPECT_EQ(browser.stream().reason().code, websocket::close_code::too_big);
}

TEST_F(LiveApi, SaysGoodbyeWhenTheServerStops) {
  Browser browser(server_->port());
  browser.follow("mine");
  std::jthread stopping([this] { server_->stop(); });
  const auto goodbye = browser.hear();
  EXPECT_EQ(goodbye["op"], "closing");
  EXPECT_EQ(goodbye["retry_after_ms"], 1000);
  EXPECT_EQ(browser.hear_end(), websocket::error::closed);
}

TEST_F(LiveApi, AnswersAPlainRequestForTheSocketWithNotFound) {
  EXPECT_EQ(get("/ws").status, 404);
}

}  // namespace
}  // namespace trainyard::http
