#include "api/http/handlers.hpp"

#include <fmt/format.h>

#include <ranges>

namespace trainyard::http {
namespace {

// Shorter than what proxies and browsers wait for a silent connection.
constexpr std::chrono::milliseconds silence_max{15'000};
constexpr std::string_view come_back_after = "retry: 1000\n";

// As the HTML standard's server-sent events: what /ws sends in a frame is an event's data here.
std::string event_of(const LiveMessage& message) {
  std::string event;
  if (!message.position.empty()) event = fmt::format("id: {}\n", message.position);
  for (const auto line : std::views::split(message.text, '\n'))
    event += fmt::format("data: {}\n", std::string_view(line.begin(), line.end()));
  return event + "\n";
}

class EventSource final : public BodySource {
 public:
  explicit EventSource(std::unique_ptr<LiveStream> news) : news_(std::move(news)) {}

  asio::awaitable<std::optional<std::string>> next() override {
    if (const auto message = co_await news_->next(silence_max)) {
      co_return std::exchange(opening_, {}) + event_of(*message);
    }
    if (news_->has_ended()) co_return std::nullopt;
    co_return ":\n\n";  // tells a client that is gone from a topic that is quiet
  }

 private:
  std::unique_ptr<LiveStream> news_;
  std::string opening_{come_back_after};
};

std::expected<std::string, Failure> topic_of(const Request& request) {
  for (const auto& [name, value] : request.query) {
    if (name != "topic") {
      return bad_request(name, fmt::format("unknown parameter '{}'", name), "known: topic");
    }
  }
  if (const auto* topic = request.find_query("topic")) return *topic;
  return bad_request("topic", "name a topic", "topic=job:<id>, batch:<id> or mine");
}

}  // namespace

asio::awaitable<Reply> get_stream(Api& api, Request& request) {
  const auto topic = topic_of(request);
  if (!topic) co_return std::unexpected(topic.error());
  if (api.live == nullptr) {
    co_return std::unexpected(fail(Errc::unavailable, "this server has no live news").error());
  }
  auto news = co_await api.live->follow(request.caller, *topic, request.last_event_id);
  if (!news && news.error().code == Errc::invalid_argument) {
    co_return std::unexpected(Failure(400, std::move(news).error()));
  }
  if (!news) co_return std::unexpected(std::move(news).error());
  co_return Response{.content_type = "text/event-stream",
                     .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
                     .source = std::make_unique<EventSource>(*std::move(news))};
}

}  // namespace trainyard::http
