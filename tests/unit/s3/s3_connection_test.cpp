#include "common/adapters/s3/s3_connection.hpp"

#include "tests/unit/s3/scripted_server.hpp"

#include <gmock/gmock.h>

namespace trainyard::s3 {
namespace {

using testing::HasSubstr;

const std::string busy = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const std::string hello =
    "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const std::string hang_up;

std::string refusal(int status, const std::string& code) {
  const auto body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>";
  return "HTTP/1.1 " + std::to_string(status) +
         " No\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

S3Options options(const ScriptedServer& server) {
  return {.endpoint = server.url(),
          .access_key_id = "key",
          .secret_access_key = Secret("secret"),
          .retries_max = 3,
          .retry_delay = std::chrono::milliseconds(1)};
}

const S3Request get_object{.object = {"bucket", "folder/a b"}};

TEST(S3Connection, TriesAgainWhatMayPass) {
  ScriptedServer server({busy, hang_up, refusal(500, "InternalError"), hello});
  const auto response = S3Connection(options(server)).send(get_object);
  ASSERT_TRUE(response) << describe(response.error());
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->headers.at("etag"), "\"e\"");
}

TEST(S3Connection, GivesUpAfterItsRetriesAndSaysWhatTheServerSaid) {
  ScriptedServer server({busy, busy, busy, busy, hello});
  const auto response = S3Connection(options(server)).send(get_object);
  EXPECT_EQ(response.error().code, Errc::unavailable);
  EXPECT_THAT(response.error().detail, HasSubstr("503"));
  server.stop();
  EXPECT_EQ(server.requests.size(), 4U);
}

TEST(S3Connection, DoesNotRepeatWhatWasRefused) {
  ScriptedServer server({refusal(403, "AccessDenied"), hello});
  EXPECT_EQ(S3Connection(options(server)).send(get_object).error().code, Errc::forbidden);
  server.stop();
  EXPECT_EQ(server.requests.size(), 1U);
}

TEST(S3Connection, SignsTheSessionTokenAndNeverSendsTheSecret) {
  ScriptedServer server({hello});
  auto with_token = options(server);
  with_token.session_token = Secret("the-token");
  ASSERT_TRUE(S3Connection(with_token).send(get_object));
  server.stop();
  const auto& head = server.requests.front();
  EXPECT_THAT(head, HasSubstr("GET /bucket/folder/a%20b HTTP"));
  EXPECT_THAT(head, HasSubstr("x-amz-security-token: the-token"));
  const auto signed_headers = head.substr(head.find("SignedHeaders="));
  EXPECT_THAT(signed_headers.substr(0, signed_headers.find(',')),
              HasSubstr("x-amz-content-sha256;x-amz-date;x-amz-security-token"));
  EXPECT_THAT(head, testing::Not(HasSubstr("secret")));
}

TEST(S3Connection, SaysThatTheClockIsWrong) {
  ScriptedServer server({refusal(403, "RequestTimeTooSkewed")});
  const auto refused = S3Connection(options(server)).send(get_object).error();
  EXPECT_THAT(refused.detail, HasSubstr("clocks"));
  EXPECT_THAT(refused.hint, HasSubstr("NTP"));
}

TEST(S3Connection, EndsItsWaitWhenItIsStopped) {
  ScriptedServer server({busy, hello});
  auto patient = options(server);
  patient.retry_delay = std::chrono::hours(1);
  std::stop_source stop;
  auto request = get_object;
  request.stop = stop.get_token();
  std::thread stopper([&] {
    server.wait_for_requests(1);
    stop.request_stop();
  });
  EXPECT_EQ(S3Connection(patient).send(request).error().code, Errc::cancelled);
  stopper.join();
}

}  // namespace
}  // namespace trainyard::s3
