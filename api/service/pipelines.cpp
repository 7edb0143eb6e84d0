#include "api/service/pipelines.hpp"

#include "api/service/cursor.hpp"
#include "api/service/definitions.hpp"
#include "common/wire/batch_json.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

Result<PipelineView> own_pipeline(const Pipelining& with, const Caller& caller,
                                  ports::PipelineId id) {
  TRY(auto stored, with.pipelines.get(id));
  if (caller.may_touch(stored.user_id)) return view_of(std::move(stored));
  return fail(Errc::forbidden, fmt::format("pipeline {} is another user's", id.to_string()));
}

// As far as it can be said before the step begins, which may read what an earlier one wrote.
Result<void> check_order(const Starting& with, const Caller& caller,
                         const wire::TrainingOrder& order) {
  TRY_DO(check_data(with.intake, order.config));
  if (!order.template_name.empty()) {
    TRY_DO(own_definition(with.definitions, caller, ports::DefinitionKind::training_template,
                          order.template_name));
    return {};
  }
  const auto request = wire::batch_request(order.config, order.segments, order.models);
  for (const auto& model : request.models)
    TRY_DO(with.intake.check_config(wire::job_config_of(request.job.config, "", model)));
  return {};
}

using Decide = Result<domain::Pipeline> (*)(domain::Pipeline);

Result<PipelineView> decide(const Pipelining& with, const Caller& caller, ports::PipelineId id,
                            Decide what) {
  constexpr int tries_max = 10;  // against batches that end meanwhile
  for (int i = 0; i < tries_max; ++i) {
    TRY(const auto view, own_pipeline(with, caller, id));
    TRY(const auto next, what(view.spec.pipeline));
    const auto life = domain::is_over(next.status) ? ports::PipelineChange::Life::over
                                                   : ports::PipelineChange::Life::open;
    const auto revision = with.pipelines.change({.id = id,
                                                 .revision = view.stored.revision,
                                                 .status = std::string(to_string(next.status)),
                                                 .state = wire::pipeline_state(next),
                                                 .life = life});
    if (revision) return move_on(with, id);
    if (revision.error().code != Errc::conflict) return fail(revision.error());
  }
  return fail(Errc::conflict, "the pipeline keeps changing: try again");
}

void write_head(wire::JsonWriter& out, const PipelineView& view) {
  out.field("pipeline_id", view.stored.id.to_string())
      .text_or_null("name", view.stored.name)
      .field("user_id", view.stored.user_id)
      .field("status", view.stored.status)
      .field("created_at", view.stored.created_at)
      .field("updated_at", view.stored.updated_at)
      .field("completed_at", view.stored.completed_at);
}

void write_step(wire::JsonWriter& out, const domain::Pipeline& pipeline,
                const domain::PipelineStep& step) {
  out.field("name", step.name).key("after").begin_array();
  for (const auto before : step.after)
    out.value(pipeline.steps[before].name);
  out.end_array()
      .field("status", to_string(step.status))
      .text_or_null("reason", step.reason)
      .field("attempt", step.attempt)
      .text_or_null("batch_id", step.batch_id ? step.batch_id->to_string() : std::string());
}

}  // namespace

Result<PipelineView> create_pipeline(const Pipelining& with, const Caller& caller,
                                     std::string_view body) {
  TRY(auto spec, wire::parse_pipeline(body));
  for (std::size_t i = 0; i < spec.orders.size(); ++i) {
    auto checked = check_order(with.starting, caller, spec.orders[i]);
    if (checked) continue;
    auto error = std::move(checked).error();
    error.field = fmt::format("steps[{}].{}", i, error.field);
    return fail(std::move(error));
  }
  const auto begun = domain::advance(std::move(spec.pipeline), {});
  TRY(const auto stored, with.pipelines.add({.id = ports::PipelineId(caller.new_id()),
                                             .user_id = caller.user_id,
                                             .name = spec.name,
                                             .correlation_id = caller.correlation_id,
                                             .spec = wire::compact(body),
                                             .status = std::string(to_string(begun.status)),
                                             .state = wire::pipeline_state(begun)}));
  return move_on(with, stored.id);
}

Result<PipelineView> cancel_pipeline(const Pipelining& with, const Caller& caller,
                                     ports::PipelineId id) {
  return decide(with, caller, id, domain::cancel);
}

Result<PipelineView> retry_pipeline(const Pipelining& with, const Caller& caller,
                                    ports::PipelineId id) {
  return decide(with, caller, id, domain::retry);
}

Result<std::string> pipeline_json(const Pipelining& with, const PipelineView& view) {
  wire::JsonWriter out;
  out.begin_object();
  write_head(out, view);
  out.key("steps").begin_array();
  int progress = 0;
  for (const auto& step : view.spec.pipeline.steps) {
    out.begin_object();
    write_step(out, view.spec.pipeline, step);
    out.key("batch");
    const auto counts = step.batch_id ? with.starting.jobs.count_batch(*step.batch_id)
                                      : fail(Errc::not_found, "there is none yet");
    if (!counts && counts.error().code != Errc::not_found) return fail(counts.error());
    if (counts) {
      progress += domain::progress_of(*counts);
      out.begin_object();
      wire::write_batch_counts(out, *counts);
      out.end_object();
    } else {
      out.null();
    }
    out.end_object();
  }
  out.end_array()
      .field("progress", progress / static_cast<int>(view.spec.pipeline.steps.size()))
      .end_object();
  return out.take();
}

Result<std::string> own_pipeline_json(const Pipelining& with, const Caller& caller,
                                      ports::PipelineId id) {
  TRY(const auto view, own_pipeline(with, caller, id));
  return pipeline_json(with, view);
}

Result<std::string> pipelines_json(const Pipelining& with, const Caller& caller,
                                   ports::PipelineFilter filter) {
  TRY(filter.user_id, whose(caller, filter.user_id));
  const auto limit = static_cast<std::size_t>(filter.limit);
  ++filter.limit;
  TRY(auto found, with.pipelines.list(filter));
  const bool has_more = found.size() > limit;
  found.resize(std::min(found.size(), limit));
  const auto next = has_more ? cursor_of("pipelines", found.back().id.to_string()) : "";
  wire::JsonWriter out;
  out.begin_object().key("pipelines").begin_array();
  for (auto& stored : found) {
    TRY(const auto view, view_of(std::move(stored)));
    out.begin_object();
    write_head(out, view);
    out.key("steps").begin_array();
    for (const auto& step : view.spec.pipeline.steps) {
      out.begin_object();
      write_step(out, view.spec.pipeline, step);
      out.end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().field("has_more", has_more).text_or_null("next_cursor", next).end_object();
  return out.take();
}

}  // namespace trainyard::service
