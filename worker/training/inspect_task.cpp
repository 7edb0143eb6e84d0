#include "worker/training/train_task.hpp"

#include <nlohmann/json.hpp>

namespace trainyard::training {
namespace {

using nlohmann::json;

std::string text_at(const json& request, const char* key) {
  const auto found = request.find(key);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::vector<std::string> names_at(const json& request, const char* key) {
  std::vector<std::string> names;
  for (const auto& name : request.value(key, json::array())) {
    if (name.is_string()) names.push_back(name);
  }
  return names;
}

}  // namespace

Result<std::string> inspect(TaskState& state, std::string_view text,
                            runtime::TaskContext& context) {
  const auto request = json::parse(text, nullptr, false);
  if (!request.is_object() || text_at(request, "data_path").empty()) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "an inspect request needs a data_path",
                      .field = "data_path",
                      .category = Category::config});
  }
  TRY(const auto path, bring(state, text_at(request, "data_path"), context));
  TRY(const auto layout,
      state.tables.layout({.path = path,
                           .roles = {text_at(request, "time_col"), text_at(request, "target_col"),
                                     text_at(request, "segment_col")},
                           .covariates = names_at(request, "covariates")},
                          context.stop));
  json segments = json::array();
  std::int64_t rows = 0;
  for (const auto& segment : layout->segments) {
    segments.push_back(segment.segment);
    rows += segment.rows;
  }
  return json{{"rows", rows},
              {"time_col", layout->roles.time},
              {"target_col", layout->roles.target},
              {"segment_col", layout->roles.segment},
              {"segments", std::move(segments)}}
      .dump();
}

}  // namespace trainyard::training
