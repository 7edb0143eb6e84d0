#include "worker/forecast/dates.hpp"
#include "worker/forecast/prepare.hpp"
#include "worker/training/results_json.hpp"
#include "worker/training/train_task.hpp"

#include <map>

namespace trainyard::training {
namespace {

using nlohmann::json;

std::string_view name_of(domain::ColumnKind kind) {
  switch (kind) {
    case domain::ColumnKind::text:
      return "text";
    case domain::ColumnKind::number:
      return "number";
    case domain::ColumnKind::time:
      return "time";
    case domain::ColumnKind::other:
      return "other";
  }
  return "other";
}

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

json segment_json(const domain::SegmentRows& rows, const Result<forecast::PreparedSeries>& series) {
  json out{{"segment_id", rows.segment},
           {"rows", rows.observations.size()},
           {"periods", 0},
           {"start", nullptr},
           {"end", nullptr},
           {"frequency", nullptr},
           {"interpolated", 0},
           {"warnings", json::array()},
           {"problem", nullptr}};
  if (!series) {
    out["problem"] = to_json(series.error());
    return out;
  }
  const auto last = series->first_step + static_cast<std::int64_t>(series->y.size()) - 1;
  out["periods"] = series->quality.periods;
  out["start"] = forecast::format_date(series->start);
  out["end"] = forecast::format_date(domain::advance(series->anchor, series->step, last));
  out["frequency"] = domain::to_string(series->frequency);
  out["interpolated"] = series->quality.interpolated;
  out["warnings"] = series->quality.warnings;
  return out;
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
  std::optional<domain::Frequency> stated;
  if (const auto name = text_at(request, "frequency"); !name.empty()) {
    TRY(stated, domain::parse_frequency(name));
  }
  TRY(const auto loaded,
      state.tables.load({.path = text_at(request, "data_path"),
                         .roles = {text_at(request, "time_col"), text_at(request, "target_col"),
                                   text_at(request, "segment_col")},
                         .covariates = names_at(request, "covariates")},
                        context.stop));
  json columns = json::array();
  for (const auto& column : loaded->info.columns) {
    columns.push_back(
        {{"name", column.name}, {"type", column.type}, {"kind", name_of(column.kind)}});
  }
  json segments = json::array();
  std::map<std::string, int> frequencies;
  for (const auto& rows : loaded->table.segments) {
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "inspection was stopped");
    const auto series = forecast::prepare(rows, stated);
    if (series) ++frequencies[domain::to_string(series->frequency)];
    segments.push_back(segment_json(rows, series));
  }
  const auto usual =
      std::ranges::max_element(frequencies, {}, [](const auto& f) { return f.second; });
  const auto& roles = loaded->roles;
  return json{{"data_path", text_at(request, "data_path")},
              {"rows", loaded->table.rows},
              {"columns", std::move(columns)},
              {"time_col", roles.time},
              {"target_col", roles.target},
              {"segment_col", roles.segment.empty() ? json(nullptr) : json(roles.segment)},
              {"frequency", usual == frequencies.end() ? json(nullptr) : json(usual->first)},
              {"segments", std::move(segments)}}
      .dump();
}

}  // namespace trainyard::training
