#include "worker/training/tasks.hpp"

#include "worker/forecast/ensemble.hpp"
#include "worker/training/train_task.hpp"

#include <nlohmann/json.hpp>

namespace trainyard::training {

Result<std::string> bring(const TaskState& state, const std::string& path,
                          const runtime::TaskContext& context) {
  if (!state.options.data) return path;
  const auto on_piece = [&] {
    if (context.report) context.report({.fraction = 0, .step = "Fetching the data"});
  };
  return state.options.data->bring(path, on_piece, context.stop);
}

namespace {

using nlohmann::json;

Result<std::string> convert(TaskState& state, std::string_view text,
                            runtime::TaskContext& context) {
  const auto request = json::parse(text, nullptr, false);
  if (!request.is_object() || !request.value("input", json()).is_string() ||
      !request.value("output", json()).is_string()) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "a convert request needs input and output paths",
                      .field = "input",
                      .category = Category::config});
  }
  TRY(const auto input, bring(state, request["input"], context));
  TRY(const auto converted,
      state.options.reader->to_parquet(input, request["output"], context.stop));
  json columns = json::array();
  for (const auto& column : converted.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type}});
  }
  return json{{"rows", converted.rows}, {"columns", std::move(columns)}}.dump();
}

// Everything a task does ends as a value: what a library throws is this job's trouble alone.
template <class Function>
runtime::Task guarded(std::shared_ptr<TaskState> state, Function function) {
  return [state = std::move(state), function](
             std::string_view request, runtime::TaskContext& context) -> Result<std::string> {
    try {
      return function(*state, request, context);
    } catch (const std::bad_alloc&) {
      return fail(Error{.code = Errc::exhausted,
                        .detail = "the task ran out of memory",
                        .category = Category::cluster});
    } catch (const std::exception& error) {
      return fail(Errc::internal, error.what());
    }
  };
}

}  // namespace

runtime::TaskRegistry training_tasks(TrainingOptions options) {
  const auto state = std::make_shared<TaskState>(std::move(options));
  runtime::TaskRegistry tasks;
  tasks["train"] = guarded(state, train);
  tasks["inspect"] = guarded(state, inspect);
  tasks["convert"] = guarded(state, convert);
  return tasks;
}

std::vector<std::string_view> askable_models(std::span<const std::string_view> model_names) {
  std::vector<std::string_view> names(model_names.begin(), model_names.end());
  names.emplace_back(forecast::ensemble_name);
  names.emplace_back("auto");
  return names;
}

}  // namespace trainyard::training
