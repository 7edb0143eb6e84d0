#include "common/wire/job_control.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trainyard::wire {

std::string to_json(const JobControl& control) {
  return fmt::format(R"({{"job_id":"{}","op":"cancel"}})", control.job_id.to_string());
}

Result<JobControl> parse_job_control(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(Errc::corrupt_data, "a control message is a JSON object");
  const auto text_of = [&](const char* key) {
    const auto member = json.find(key);
    return member != json.end() && member->is_string() ? member->get<std::string>() : "";
  };
  const auto job_id = JobId::parse(text_of("job_id"));
  if (!job_id) return fail(Errc::corrupt_data, "a control message names its job in job_id");
  if (text_of("op") != "cancel") return fail(Errc::corrupt_data, "unknown op in control message");
  return JobControl{.job_id = *job_id};
}

}  // namespace trainyard::wire
