#include "api/service/start_training.hpp"

#include "common/domain/table_path.hpp"
#include "common/runtime/outage.hpp"
#include "common/wire/json_text.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

// Nobody in particular: what it may touch depends on what it names.
bool is_system(const Caller& caller) {
  return caller.user_id.empty();
}

struct Base {
  std::string config = "{}";
  std::vector<std::string> segments;
  std::vector<std::string> models;
  std::string user_id;
};

Result<Base> from_template(const Starting& with, const Caller& caller, const std::string& name) {
  TRY(const auto stored, with.definitions.get(ports::DefinitionKind::training_template, name));
  if (!is_system(caller) && !caller.may_touch(stored.user_id)) {
    return fail(Errc::forbidden, fmt::format("template '{}' is another user's", name));
  }
  TRY(auto training, wire::parse_training(stored.spec, {}));
  return Base{.config = std::move(training.config),
              .segments = std::move(training.segments),
              .models = std::move(training.models),
              .user_id = stored.user_id};
}

Result<std::optional<domain::Job>> last_success(const Starting& with, const Caller& caller,
                                                const std::string& segment) {
  ports::JobFilter filter{
      .status = domain::JobStatus::completed, .segment_id = segment, .limit = 1};
  if (!is_system(caller)) filter.user_id = caller.user_id;
  TRY(auto page, with.jobs.list(filter));
  if (page.jobs.empty()) return std::nullopt;
  return std::move(page.jobs.front());
}

std::unexpected<Error> nothing_supplies(const std::string& segment, const Error& missing) {
  return fail(
      Error{.code = Errc::not_found,
            .detail = fmt::format("neither a template nor a successful job {} supplies what is "
                                  "missing: {}",
                                  segment.empty() ? std::string("without a segment")
                                                  : fmt::format("of segment '{}'", segment),
                                  describe(missing)),
            .field = missing.field,
            .hint = "name a template, or give a whole config"});
}

// What an earlier job was told to read of a table was the newest then.
std::string of_no_version(const std::string& config) {
  const auto table = domain::parse_table_path(wire::text_of(config, "data_path"));
  return table.version ? wire::with_text(config, "data_path", table.table) : config;
}

// One batch has one config, so the segments' last jobs have to agree on it.
Result<Base> from_last_jobs(const Starting& with, const Caller& caller,
                            const wire::TrainingOrder& order, const Error& missing) {
  auto segments = order.segments;
  if (segments.empty()) segments.emplace_back();
  std::optional<Base> base;
  for (const auto& segment : segments) {
    TRY(const auto job, last_success(with, caller, segment));
    if (!job) return nothing_supplies(segment, missing);
    Base found{.config = of_no_version(wire::shared_config(job->config)),
               .segments = {},
               .models = wire::models_of(job->config),
               .user_id = job->user_id};
    if (!base)
      base = std::move(found);
    else if (base->config != found.config) {
      return fail(Error{.code = Errc::invalid_argument,
                        .detail = fmt::format("the last successful jobs of segments '{}' and '{}' "
                                              "were configured differently",
                                              segments.front(), segment),
                        .field = "segments",
                        .hint = "send one event per segment, or name a template"});
    }
  }
  return *std::move(base);
}

std::string config_of(const Base& base, const wire::TrainingOrder& order) {
  auto config = wire::merged_config(base.config, order.config);
  if (!order.data_path.empty()) config = wire::with_text(config, "data_path", order.data_path);
  return config;
}

wire::BatchRequest request_of(const Base& base, const wire::TrainingOrder& order) {
  return wire::batch_request(config_of(base, order),
                             order.segments.empty() ? base.segments : order.segments,
                             order.models.empty() ? base.models : order.models);
}

// Whether the order is whole without an earlier job: the first thing it lacks, or nothing.
Result<void> check(const Starting& with, const wire::BatchRequest& request) {
  for (const auto& model : request.models)
    TRY_DO(with.intake.check_config(wire::job_config_of(request.job.config, "", model)));
  return {};
}

// A table that is a path is its own data, when nothing names another: as it was at the version that
// the cause tells of.
bool takes_table(wire::BatchRequest& request, const wire::TrainingOrder& order) {
  const auto named = wire::text_of(request.job.config, "data_path");
  if (!order.table.contains('/') || !(named.empty() || named == order.table)) return false;
  const domain::TablePath table{.table = order.table, .version = order.version};
  request.job.config = wire::with_text(request.job.config, "data_path", table.text());
  return true;
}

// On whose behalf: a trigger asks in the name of its user.
Result<Caller> asking(const Starting& with, const Caller& caller,
                      const wire::TrainingOrder& order) {
  Caller asking = caller;
  if (!order.correlation_id.empty()) asking.correlation_id = order.correlation_id;
  if (order.trigger.empty()) return asking;
  TRY(const auto trigger, with.definitions.get(ports::DefinitionKind::trigger, order.trigger));
  if (is_system(caller)) {
    asking.user_id = trigger.user_id;
  } else if (!caller.may_touch(trigger.user_id)) {
    return fail(Errc::forbidden, fmt::format("trigger '{}' is another user's", order.trigger));
  }
  return asking;
}

Result<StartedTraining> start(const Starting& with, const Caller& caller,
                              const wire::TrainingOrder& order) {
  Base base;
  if (!order.template_name.empty()) {
    TRY(base, from_template(with, caller, order.template_name));
  }
  auto request = request_of(base, order);
  if (const auto whole = check(with, request); !whole && order.template_name.empty()) {
    if (auto earlier = from_last_jobs(with, caller, order, whole.error())) {
      base = *std::move(earlier);
      request = request_of(base, order);
    } else if (!takes_table(request, order) || !check(with, request)) {
      return std::unexpected(std::move(earlier).error());
    }
  }
  takes_table(request, order);
  Caller owner = caller;
  if (is_system(owner)) owner.user_id = base.user_id.empty() ? nobody : base.user_id;
  TRY(const auto created, create_batch(with.jobs, with.gate, with.intake, owner, request,
                                       {.cause = to_json(order.cause),
                                        .origin = origin_of(order.cause, owner.user_id)}));
  return StartedTraining{.batch_id = created.batch.id,
                         .total_jobs = created.batch.total_jobs,
                         .repeated = created.existed};
}

ports::Decision outcome_of(const Result<StartedTraining>& started, const wire::TrainingOrder& order,
                           TimePoint now) {
  auto data = std::move(wire::JsonText().text("event_id", order.cause.id));
  if (!started) {
    return {
        .at = now, .outcome = "failed", .reason = describe(started.error()), .data = data.take()};
  }
  data.text("batch_id", started->batch_id.to_string());
  return {.at = now,
          .outcome = started->repeated ? "repeated" : "started",
          .reason = started->repeated ? "the event came again, and had its training already"
                                      : "its training is in line",
          .data = data.take()};
}

}  // namespace

Result<StartedTraining> start_training(const Starting& with, const Caller& caller,
                                       const wire::TrainingOrder& order) {
  TRY(const auto asked_by, asking(with, caller, order));
  auto started = start(with, asked_by, order);
  if (started || !runtime::may_pass(started.error())) TRY_DO(note_outcome(with, order, started));
  return started;
}

Result<void> note_outcome(const Starting& with, const wire::TrainingOrder& order,
                          const Result<StartedTraining>& started) {
  if (order.trigger.empty()) return {};
  auto noted = with.definitions.note(ports::DefinitionKind::trigger, order.trigger,
                                     outcome_of(started, order, with.clock.now()));
  // Removed meanwhile: nobody asks any more.
  if (!noted && noted.error().code == Errc::not_found) return {};
  return noted;
}

}  // namespace trainyard::service
