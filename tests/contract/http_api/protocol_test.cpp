#include "tests/contract/http_api/api_fixture.hpp"

#include <fstream>
#include <thread>

namespace trainyard::http {
namespace {

using Protocol = ApiTest;

constexpr std::string_view get_health_text = "GET /health HTTP/1.1\r\nHost: t\r\n\r\n";

TEST_F(Protocol, AnswersPipelinedRequestsInOrder) {
  Client one(server_->port());
  one.write(std::string(get_health_text) + "GET /api/v2/jobs/7 HTTP/1.1\r\nHost: t\r\n\r\n" +
            std::string(get_health_text));
  EXPECT_EQ(one.read().status, 200);
  EXPECT_EQ(one.read().status, 400);
  EXPECT_EQ(one.read().status, 200);
}

TEST_F(Protocol, KeepsTheConnectionUnlessToldToCloseIt) {
  Client one(server_->port());
  EXPECT_EQ(one.send("GET", "/health").headers.at("connection"), "keep-alive");
  EXPECT_EQ(one.send("GET", "/health", "", {{"Connection", "close"}}).status, 200);
  EXPECT_TRUE(one.is_closed_by_server());
}

TEST_F(Protocol, EchoesASaneRequestIdAndReplacesAnother) {
  const auto sane = client().send("POST", "/api/v2/jobs", good_config, {{"X-Request-Id", "a-1"}});
  EXPECT_EQ(sane.headers.at("x-request-id"), "a-1");
  EXPECT_EQ(sane.json()["correlation_id"], "a-1");
  const auto odd = client().send("GET", "/health", "", {{"X-Correlation-Id", "a b<script>"}});
  EXPECT_TRUE(Uuid::parse(odd.headers.at("x-correlation-id")).has_value());
}

TEST_F(Protocol, TellsWhichMethodsAPathTakes) {
  const auto answer = client().send("PUT", "/api/v2/jobs", "{}");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "POST, GET, HEAD");
  for (const auto* path : {"/api/v2/events", "/api/v2/jobs/bulk", "/api/v2/schedules/a/run"}) {
    const auto refused = get(path);
    EXPECT_EQ(refused.status, 405) << path << refused.body;
    EXPECT_EQ(refused.headers.at("allow"), "POST");
  }
  EXPECT_EQ(get("/api/v3/jobs").status, 404);
  EXPECT_EQ(get("/api/v3/jobs").headers.at("content-type"), "application/problem+json");
}

TEST_F(Protocol, AnswersHeadWithoutABody) {
  const auto whole = get("/health");
  EXPECT_EQ(whole.json()["status"], "ok");
  Client one(server_->port());
  one.write("HEAD /health HTTP/1.1\r\nHost: t\r\n\r\n" + std::string(get_health_text));
  const auto head = one.read_head();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(whole.body.size()));
  EXPECT_EQ(one.read().body, whole.body);
}

TEST_F(Protocol, TakesOnlyJsonWhereJsonIsMeant) {
  const auto answer = client().send("POST", "/api/v2/jobs", good_config,
                                    {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(
      client().send("POST", "/api/v2/jobs", good_config, {{"Content-Encoding", "gzip"}}).status,
      415);
}

TEST_F(Protocol, RefusesPagesOfOtherSites) {
  EXPECT_EQ(client().send("POST", "/api/v2/jobs", good_config, {{"Origin", "http://evil"}}).status,
            403);
  EXPECT_EQ(client().send("POST", "/api/v2/jobs", good_config, {{"Origin", "http://test"}}).status,
            201);
}

TEST_F(Protocol, RefusesABodyOverTheLimit) {
  restart({.json_bytes_max = 1'000});
  EXPECT_EQ(post("/api/v2/jobs", std::string(1'001, ' ')).status, 413);
  Client chunked(server_->port());
  chunked.write("POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.write("400\r\n" + std::string(1024, ' ') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read().status, 413);
}

TEST_F(Protocol, RefusesTooLargeAHead) {
  const auto answer = client().send("GET", "/health", "", {{"X-Long", std::string(20'000, 'a')}});
  EXPECT_EQ(answer.status, 431);
  std::map<std::string, std::string> many;
  for (int i = 0; i < 101; ++i)
    many["X-" + std::to_string(i)] = "a";
  EXPECT_EQ(client().send("GET", "/health", "", many).status, 431);
}

TEST_F(Protocol, RefusesWhatCouldSmuggleARequest) {
  for (const std::string bad :
       {"POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
        "Content-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: "
        "6\r\n\r\nabcdef",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost : t\r\n\r\n", "GET health HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: t\r\nX-A: \n1\r\n\r\n",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nContent-Length: "
        "2\r\n\r\n{}",
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Length: 2, 2\r\n\r\n{}",
        "nonsense\r\n\r\n"}) {
    Client one(server_->port());
    one.write(bad);
    EXPECT_EQ(one.read().status, 400) << bad;
    EXPECT_TRUE(one.is_closed_by_server()) << bad;
  }
  for (const char* bad : {"GET /health HTTP/1.1\r\nHost: t\r\nX-A: a%b\r\n\r\n",
                          "GET /heal%th HTTP/1.1\r\nHost: t\r\n\r\n",
                          "GET /health HTTP/1.1\r\nHost: t\r\nX%A: a\r\n\r\n"}) {
    std::string with_nul = bad;
    with_nul[with_nul.find('%')] = '\0';
    Client one(server_->port());
    one.write(with_nul);
    EXPECT_EQ(one.read().status, 400) << bad;
  }
  Client odd(server_->port());
  odd.write("POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
  EXPECT_EQ(odd.read().status, 501);
}

TEST_F(Protocol, TakesAFoldedLineForPartOfItsValueAndForNoHeader) {
  Client one(server_->port());
  one.write("GET /health HTTP/1.1\r\nHost: t\r\nX-Request-Id: a\r\n Content-Length: 40\r\n\r\n" +
            std::string(get_health_text));
  const auto first = one.read();
  EXPECT_EQ(first.status, 200);
  EXPECT_NE(first.headers.at("x-request-id"), "a");
  EXPECT_EQ(one.read().status, 200);
}

TEST_F(Protocol, AcceptsNothingFromABodyThatStopsHalfWay) {
  {
    Client one(server_->port());
    one.write(
        "POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
        "Content-Length: 500\r\n\r\n" +
        good_config);
    one.shut_down_sending();
    EXPECT_TRUE(one.is_closed_by_server());
  }
  EXPECT_EQ(get("/api/v2/jobs").json()["total"], 0);
}

TEST_F(Protocol, SaysContinueToThoseWhoWait) {
  Client one(server_->port());
  one.write("POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: " +
            std::to_string(good_config.size()) + "\r\n\r\n");
  EXPECT_EQ(one.read().status, 100);
  one.write(good_config);
  EXPECT_EQ(one.read().status, 201);
}

TEST_F(Protocol, ClosesConnectionsThatSendNothing) {
  restart({.idle_max = std::chrono::seconds(1)});
  Client slow(server_->port());
  slow.write("GET /health HT");
  EXPECT_TRUE(slow.is_closed_by_server());
}

TEST_F(Protocol, RefusesMoreConnectionsThanItsLimit) {
  restart({.connections_max = 2});
  Client one(server_->port());
  Client two(server_->port());
  EXPECT_EQ(one.send("GET", "/health").status, 200);
  EXPECT_EQ(two.send("GET", "/health").status, 200);
  Client three(server_->port());
  EXPECT_EQ(three.read().status, 503);
}

TEST_F(Protocol, FinishesWhatIsInFlightWhenItStops) {
  Client one(server_->port());
  Client idle(server_->port());
  ASSERT_EQ(idle.send("GET", "/health").status, 200);
  one.write("POST /api/v2/jobs HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: " +
            std::to_string(good_config.size()) + "\r\n\r\n");
  ASSERT_EQ(one.read().status, 100);
  std::jthread stopping([this] { server_->stop(); });
  EXPECT_TRUE(idle.is_closed_by_server());
  one.write(good_config);
  const auto answer = one.read();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at("connection"), "close");
}

TEST_F(Protocol, StopsTwiceAndBeforeItStarted) {
  server_->stop();
  server_->stop();
  Server never(log::Log(), {}, api_routes(), *api_, nullptr);
  never.stop();
}

TEST_F(Protocol, ServesThePageAndNothingOutsideItsFolder) {
  std::ofstream(folder_ / "web" / "index.html") << "<p>page</p>";
  std::ofstream(folder_ / "web" / "assets" / "app-1.js") << "1";
  std::ofstream(folder_ / "web" / ".secret") << "s";
  std::ofstream(folder_ / "secret.txt") << "s";
  std::filesystem::create_symlink(folder_ / "secret.txt", folder_ / "web" / "link.txt");
  std::ofstream(folder_ / "web" / "docs.html") << "<p>docs</p>";
  EXPECT_EQ(get("/docs").body, "<p>docs</p>");
  for (const auto* page : {"/", "/docs", "/batches/17"}) {
    const auto policy = get(page).headers.at("content-security-policy");
    EXPECT_TRUE(policy.starts_with("default-src 'self';")) << policy;
    EXPECT_FALSE(policy.contains("unsafe"));
  }
  EXPECT_EQ(get("/").body, "<p>page</p>");
  EXPECT_EQ(get("/").headers.at("cache-control"), "no-cache");
  EXPECT_EQ(get("/batches/17").body, "<p>page</p>");
  const auto script = get("/assets/app-1.js");
  EXPECT_TRUE(script.headers.at("content-type").starts_with("text/javascript"));
  EXPECT_TRUE(script.headers.at("cache-control").contains("immutable"));
  for (const auto* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/.secret",
        "/..\\secret.txt", "/link.txt", "/assets/none.js", "//etc/passwd", "/api/nothing"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 404) << path << answer.body;
  }
  EXPECT_EQ(get("/a%00b").status, 400);
  EXPECT_EQ(get("/a%zz").status, 400);
}

}  // namespace
}  // namespace trainyard::http
