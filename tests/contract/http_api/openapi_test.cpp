#include "api/http/openapi.hpp"

#include "tests/contract/http_api/api_fixture.hpp"

#include <set>

namespace trainyard::http {
namespace {

using Endpoints = std::set<std::pair<std::string, std::string>>;

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  Endpoints routed{{"/ws", "get"}};  // taken over by the live server before routing
  for (const auto& route : api_routes()) {
    if (route.pattern == "/{*}") continue;
    std::string method(beast::http::to_string(route.verb));
    std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
    routed.emplace(route.pattern, method);
  }
  Endpoints described;
  const auto document = json::parse(openapi());
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items())
      described.emplace(path, method);
  }
  EXPECT_EQ(described, routed);
}

class OpenApiPage : public ApiTest {};

TEST_F(OpenApiPage, IsServedWhereA404PointsTo) {
  const auto lost = get("/api/v2/nothing");
  ASSERT_EQ(lost.status, 404);
  EXPECT_EQ(lost.json()["hint"], "see /api/v2/openapi.json");
  const auto answer = get("/api/v2/openapi.json");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, openapi());
  EXPECT_EQ(get("/openapi.json").body, openapi());
  EXPECT_EQ(answer.json()["openapi"], "3.1.0");
}

}  // namespace
}  // namespace trainyard::http
