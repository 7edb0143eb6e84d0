#include "common/wire/pipeline_json.hpp"

#include "common/wire/json_text.hpp"
#include "common/wire/spec_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::string_view source = "trainyard/pipelines";
constexpr std::size_t name_bytes_max = 100;
constexpr std::array<std::string_view, 4> step_keys{"name", "after", "allow_partial", "template"};

Error at_step(Error error, std::size_t place) {
  error.field = fmt::format("steps[{}].{}", place, error.field);
  return error;
}

Result<std::string> name_at(const json& object, const char* fallback) {
  TRY(const auto name, text_at(object, "name", fallback));
  const bool is_plain = std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (is_plain && name.size() <= name_bytes_max) return name;
  return must_be("name",
                 fmt::format("at most {} bytes without control characters", name_bytes_max));
}

Result<void> add_step(PipelineSpec& spec, const json& object) {
  if (!object.is_object()) return must_be("name", "that of a step: an object");
  TRY(auto order, parse_training(object.dump(), step_keys));
  domain::PipelineStep step;
  TRY(step.name, name_at(object, ""));
  if (step.name.empty()) return must_be("name", "text");
  TRY(const bool allows_partial, truth_at(object, "allow_partial", false));
  if (allows_partial) step.partial = domain::PartialSuccess::completes;
  spec.pipeline.steps.push_back(std::move(step));
  spec.orders.push_back(std::move(order));
  return {};
}

// Once all names are known.
Result<void> add_order(PipelineSpec& spec, std::size_t place, const json& object) {
  auto& steps = spec.pipeline.steps;
  const auto after = object.find("after");
  if (after == object.end() || after->is_null()) return {};
  if (!after->is_array()) return must_be("after", "a list of steps' names");
  for (const auto& name : *after) {
    if (!name.is_string()) return must_be("after", "a list of steps' names");
    const auto found =
        std::ranges::find(steps, name.get<std::string>(), &domain::PipelineStep::name);
    if (found == steps.end()) {
      return wrong("after", fmt::format("there is no step '{}'", name.get<std::string>()),
                   "name one of this pipeline's steps");
    }
    const auto before = static_cast<std::size_t>(found - steps.begin());
    auto& own = steps[place].after;
    if (std::ranges::find(own, before) != own.end()) {
      return wrong("after", fmt::format("step '{}' is named twice", found->name));
    }
    own.push_back(before);
  }
  return {};
}

}  // namespace

Result<PipelineSpec> parse_pipeline(std::string_view object) {
  TRY(const auto tree, parse_object(object));
  for (const auto& [key, ignored] : tree.items()) {
    if (key == "name" || key == "steps") continue;
    return wrong(key, fmt::format("unknown key '{}'", key), "known here: name, steps");
  }
  PipelineSpec spec;
  TRY(spec.name, name_at(tree, ""));
  const auto steps = tree.find("steps");
  if (steps == tree.end() || !steps->is_array() || steps->empty()) {
    return wrong("steps", "steps must be a list of {name, after, config, …}");
  }
  for (std::size_t i = 0; i < steps->size(); ++i) {
    if (auto added = add_step(spec, (*steps)[i]); !added) return fail(at_step(added.error(), i));
  }
  for (std::size_t i = 0; i < steps->size(); ++i) {
    auto added = add_order(spec, i, (*steps)[i]);
    if (!added) return fail(at_step(added.error(), i));
  }
  TRY_DO(domain::check_order(spec.pipeline));
  return spec;
}

std::string pipeline_state(const domain::Pipeline& pipeline) {
  JsonWriter out;
  out.begin_array();
  for (const auto& step : pipeline.steps) {
    out.begin_object()
        .field("status", to_string(step.status))
        .field("attempt", step.attempt)
        .text_or_null("batch_id", step.batch_id ? step.batch_id->to_string() : std::string())
        .text_or_null("reason", step.reason)
        .end_object();
  }
  out.end_array();
  return out.take();
}

Result<domain::Pipeline> with_state(domain::Pipeline pipeline, std::string_view status,
                                    std::string_view state) {
  const auto damaged = [] {
    return fail(Errc::corrupt_data, "a pipeline's state is not of its spec");
  };
  const auto known = domain::pipeline_status_from(status);
  const auto tree = json::parse(state, nullptr, false);
  if (!known || !tree.is_array() || tree.size() != pipeline.steps.size()) return damaged();
  pipeline.status = *known;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    auto& step = pipeline.steps[i];
    const auto step_status = domain::step_status_from(tree[i].value("status", ""));
    if (!step_status) return damaged();
    step.status = *step_status;
    step.attempt = tree[i].value("attempt", 1);
    if (tree[i]["batch_id"].is_string()) {
      step.batch_id = BatchId::parse(tree[i]["batch_id"].get<std::string>());
    }
    if (tree[i]["reason"].is_string()) step.reason = tree[i]["reason"];
  }
  return pipeline;
}

Cause cause_of(const std::string& pipeline_id, const domain::PipelineStep& step) {
  return {.id = fmt::format("{}/{}/{}", pipeline_id, step.name, step.attempt),
          .source = std::string(source),
          .subject = pipeline_id,
          .type = "trainyard.pipeline.step.v1"};
}

std::string pipeline_of(std::string_view cause) {
  if (!cause.contains(source)) return {};
  const auto tree = json::parse(cause, nullptr, false);
  if (!tree.is_object() || tree.value("source", "") != source) return {};
  return tree.value("subject", "");
}

}  // namespace trainyard::wire
