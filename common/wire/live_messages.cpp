#include "common/wire/live_messages.hpp"

#include "common/domain/job_status.hpp"
#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <charconv>

namespace trainyard::wire {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::optional<ClientMessage::Op> op_from(std::string_view name) {
  if (name == "subscribe") return ClientMessage::Op::subscribe;
  if (name == "unsubscribe") return ClientMessage::Op::unsubscribe;
  if (name == "ping") return ClientMessage::Op::ping;
  return std::nullopt;
}

// "trainyard.job.started.v1" -> "job.started".
std::string short_type(std::string_view type) {
  if (type.starts_with("trainyard.")) type.remove_prefix(10);
  return std::string(type.substr(0, type.rfind(".v")));
}

}  // namespace

Result<ClientMessage> parse_client_message(std::string_view text) {
  TRY(const auto tree, parse_json(text));
  if (!tree.is_object()) return wrong("", "a message is a JSON object");
  ClientMessage message;
  const auto op = op_from(text_of(tree, "op"));
  if (!op) {
    return wrong("op", fmt::format("unknown op '{}': say subscribe, unsubscribe or ping",
                                   text_of(tree, "op")));
  }
  message.op = *op;
  if (const auto id = tree.find("id"); id != tree.end()) {
    if (id->is_structured()) return wrong("id", "id must be a number or a text");
    message.id = id->dump();
  }
  message.topic = text_of(tree, "topic");
  if (*op != ClientMessage::Op::ping && message.topic.empty()) {
    return wrong("topic", "name a topic: job:<id>, batch:<id> or mine");
  }
  if (const auto since = tree.find("since"); since != tree.end() && since->is_object()) {
    message.since = {.epoch = text_of(*since, "epoch"), .offset = text_of(*since, "offset")};
  }
  return message;
}

Result<News> parse_news(std::string_view cloud_event) {
  TRY(const auto tree, parse_json(cloud_event));
  if (!tree.is_object()) return wrong("", "an event is a JSON object");
  const auto data = tree.find("data");
  if (data == tree.end() || !data->is_object()) return wrong("data", "the event has no data");
  News news;
  news.type = short_type(text_of(tree, "type"));
  news.subject = text_of(tree, "subject");
  news.batch_id = text_of(*data, "batch_id");
  news.user_id = text_of(*data, "user_id");
  news.data = data->dump(-1, ' ', false, json::error_handler_t::replace);
  if (news.type == "batch.completed") {
    news.kind = News::Kind::batch_end;
    const auto id = text_of(tree, "id");
    const auto number = id.substr(id.rfind(':') + 1);
    std::from_chars(number.data(), number.data() + number.size(), news.version);
    return news;
  }
  if (!news.type.starts_with("job.")) return wrong("type", "not an event of a job or a batch");
  if (news.type == "job.progress") {
    news.kind = News::Kind::progress;
    news.fence = number_of(*data, "fence");
    news.n = number_of(*data, "n");
    return news;
  }
  if (news.type == "job.log") {
    news.kind = News::Kind::log;
    return news;
  }
  news.version = number_of(*data, "version");
  if (const auto status = domain::status_from(text_of(*data, "status"))) {
    news.is_terminal = domain::is_terminal(*status);
    news.is_active =
        *status == domain::JobStatus::running || *status == domain::JobStatus::cancelling;
  }
  return news;
}

}  // namespace trainyard::wire
