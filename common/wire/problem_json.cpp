#include "common/wire/problem_json.hpp"

#include "common/wire/json_writer.hpp"

namespace trainyard::wire {

std::string problem_json(const Error& error, int status, std::string_view title,
                         std::string_view correlation_id, std::string_view job_id) {
  JsonWriter out;
  out.begin_object()
      .field("type", "about:blank")
      .field("title", title)
      .field("status", status)
      .field("detail", error.detail)
      .field("code", to_string(error.code))
      .field("category", to_string(category_of(error)));
  if (!error.field.empty()) out.field("field", error.field);
  if (error.row) out.field("row", *error.row);
  if (!error.hint.empty()) out.field("hint", error.hint);
  if (!job_id.empty()) out.field("job_id", job_id);
  out.field("correlation_id", correlation_id).end_object();
  return out.take();
}

}  // namespace trainyard::wire
