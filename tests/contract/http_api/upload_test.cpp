#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {
namespace {

class UploadApi : public ApiTest {
 protected:
  static constexpr const char* path = "/api/v2/data/upload";
  Answer upload(const std::string& body, const std::string& type = "text/csv") const {
    return client().send("POST", path, body, {{"Content-Type", type}});
  }
};

TEST_F(UploadApi, ConvertsARawFileAndKeepsOnlyTheResult) {
  const auto answer = upload("ds,y\n1,2\n3,4\n");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.json()["rows"], 2);
  EXPECT_EQ(answer.json()["columns"], json::array({"ds,y"}));
  EXPECT_TRUE(answer.json()["data_path"].get<std::string>().ends_with(".parquet"));
  EXPECT_EQ(files_in(folder_ / "uploads"), 0U);
}

TEST_F(UploadApi, TakesTheFileOutOfAForm) {
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
      "Content-Type: text/csv\r\n\r\nds,y\n1,2\r\n--B--\r\n";
  const auto answer = upload(body, "multipart/form-data; boundary=B");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.json()["rows"], 1);
}

TEST_F(UploadApi, RefusesAFormWithoutAFile) {
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--B--\r\n";
  const auto answer = upload(body, "multipart/form-data; boundary=\"B\"");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["field"], "file");
  EXPECT_EQ(upload("--B\r\n", "multipart/form-data; boundary=B").status, 400);
  EXPECT_EQ(upload("--B\r\n", "multipart/form-data").status, 400);
}

TEST_F(UploadApi, NamesTheRowOfABadFile) {
  const auto answer = upload("ds,y\n1,2\nragged\n");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.json()["row"], 3);
  EXPECT_EQ(answer.json()["field"], "y");
  EXPECT_EQ(answer.json()["hint"], "mend the row");
  EXPECT_EQ(answer.json()["category"], "data");
  EXPECT_EQ(files_in(folder_ / "uploads"), 0U);
}

TEST_F(UploadApi, RefusesAFileOverTheLimit) {
  restart({.upload_bytes_max = 1'000'000});
  EXPECT_EQ(upload(std::string(1'000'001, 'a')).status, 413);
  Client chunked(server_->port());
  chunked.write(
      "POST /api/v2/data/upload HTTP/1.1\r\nHost: t\r\nContent-Type: text/csv\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 11; ++i)
    chunked.write("186a0\r\n" + std::string(100'000, 'a') + "\r\n");
  EXPECT_EQ(chunked.read().status, 413);
  EXPECT_EQ(files_in(folder_ / "uploads"), 0U);
}

TEST_F(UploadApi, LeavesNothingOfABodyThatStopsHalfWay) {
  {
    Client one(server_->port());
    one.write(
        "POST /api/v2/data/upload HTTP/1.1\r\nHost: t\r\nContent-Type: text/csv\r\n"
        "Content-Length: 1000000\r\n\r\n" +
        std::string(400'000, 'a'));
    one.shut_down_sending();
    EXPECT_EQ(one.read().status, 400);
  }
  EXPECT_EQ(files_in(folder_ / "uploads"), 0U);
}

TEST_F(UploadApi, TakesFilesAndNothingElse) {
  EXPECT_EQ(upload("{}", "application/json").status, 415);
}

}  // namespace
}  // namespace trainyard::http
