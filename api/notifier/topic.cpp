#include "api/notifier/topic.hpp"

namespace trainyard::notifier {

Result<Topic> Topic::parse(std::string_view text) {
  if (text == "mine") return Topic{.of = Mine{}, .text = std::string(text)};
  if (text.starts_with("job:")) {
    if (const auto id = JobId::parse(text.substr(4))) {
      return Topic{.of = *id, .text = std::string(text)};
    }
  }
  if (text.starts_with("batch:")) {
    if (const auto id = BatchId::parse(text.substr(6))) {
      return Topic{.of = *id, .text = std::string(text)};
    }
  }
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = "there is no such topic: " + std::string(text.substr(0, 100)),
                    .field = "topic",
                    .hint = "job:<id>, batch:<id> or mine"});
}

std::string Topic::key(const std::string& user_id) const {
  if (const auto* job = std::get_if<JobId>(&of)) return "job:" + job->to_string();
  if (const auto* batch = std::get_if<BatchId>(&of)) return "batch:" + batch->to_string();
  return "mine:" + user_id;
}

}  // namespace trainyard::notifier
