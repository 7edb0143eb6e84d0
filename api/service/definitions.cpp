#include "api/service/definitions.hpp"

#include "api/service/cursor.hpp"
#include "common/wire/json_writer.hpp"
#include "common/wire/training_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::service {
namespace {

constexpr std::size_t name_max = 100;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void write_definition(wire::JsonWriter& out, const ports::Definition& definition) {
  out.begin_object()
      .field("name", definition.name)
      .field("user_id", definition.user_id)
      .key("spec")
      .raw(definition.spec)
      .key("state")
      .raw(definition.state)
      .field("due_at", definition.due_at)
      .field("revision", definition.revision)
      .field("created_at", definition.created_at)
      .field("updated_at", definition.updated_at)
      .end_object();
}

std::unexpected<Error> another_users(ports::DefinitionKind kind, std::string_view name) {
  return fail(Errc::forbidden, fmt::format("{} '{}' is another user's", to_string(kind), name));
}

}  // namespace

Result<void> check_name(std::string_view name) {
  const bool fits = !name.empty() && name.size() <= name_max && is_alphanumeric(name.front()) &&
                    std::ranges::all_of(name, [](char c) {
                      return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
                    });
  if (fits) return {};
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = fmt::format("'{}' is no name", name),
                    .field = "name",
                    .hint = "1 to 100 letters, digits, '.', '_' or '-', a letter or digit first"});
}

Result<ports::Definition> own_definition(ports::DefinitionStore& store, const Caller& caller,
                                         ports::DefinitionKind kind, std::string_view name) {
  TRY(auto definition, store.get(kind, name));
  if (!caller.may_touch(definition.user_id)) return another_users(kind, name);
  return definition;
}

Result<std::optional<ports::Definition>> may_put(ports::DefinitionStore& store,
                                                 const Caller& caller, ports::DefinitionKind kind,
                                                 std::string_view name) {
  TRY_DO(check_name(name));
  auto known = own_definition(store, caller, kind, name);
  if (known) return *std::move(known);
  if (known.error().code == Errc::not_found) return std::nullopt;
  return std::unexpected(std::move(known).error());
}

std::string owner_of(const Caller& caller, const std::optional<ports::Definition>& known) {
  return known ? known->user_id : caller.user_id;
}

Result<void> check_data(const JobIntake& intake, const std::string& config) {
  const auto path = wire::text_of(config, "data_path");
  if (path.empty() || !intake.check_path) return {};
  return intake.check_path(path);
}

Result<void> remove_definition(ports::DefinitionStore& store, const Caller& caller,
                               ports::DefinitionKind kind, std::string_view name) {
  TRY_DO(own_definition(store, caller, kind, name));
  return store.remove(kind, name);
}

Result<std::string> definitions_json(ports::DefinitionStore& store, const Caller& caller,
                                     ports::DefinitionKind kind, const DefinitionFilter& filter) {
  TRY(const auto user, whose(caller, filter.user_id));
  std::vector<ports::Definition> found;
  std::string cursor = filter.after;
  const auto limit = static_cast<std::size_t>(filter.limit);
  constexpr int page_max = 200;
  for (bool is_last = false; !is_last && found.size() <= limit;) {
    TRY(auto page, store.list(kind, cursor, page_max));
    is_last = std::ssize(page) < page_max;
    if (!page.empty()) cursor = page.back().name;
    for (auto& definition : page) {
      if (!user || definition.user_id == *user) found.push_back(std::move(definition));
    }
  }
  const bool has_more = found.size() > limit;
  found.resize(std::min(found.size(), limit));
  const auto list = fmt::format("{}s", to_string(kind));
  wire::JsonWriter out;
  out.begin_object().key(list).begin_array();
  for (const auto& definition : found)
    write_definition(out, definition);
  out.end_array()
      .field("has_more", has_more)
      .text_or_null("next_cursor", has_more ? cursor_of(list, found.back().name) : "")
      .end_object();
  return out.take();
}

std::string definition_json(const ports::Definition& definition) {
  wire::JsonWriter out;
  write_definition(out, definition);
  return out.take();
}

Result<std::string> decisions_json(ports::DefinitionStore& store, const Caller& caller,
                                   ports::DefinitionKind kind, std::string_view name,
                                   std::optional<std::int64_t> before, int limit) {
  TRY_DO(own_definition(store, caller, kind, name));
  TRY(auto decisions, store.decisions(kind, name, before, limit + 1));
  const bool has_more = std::ssize(decisions) > limit;
  if (has_more) decisions.pop_back();
  wire::JsonWriter out;
  out.begin_object().key("decisions").begin_array();
  for (const auto& decision : decisions) {
    out.begin_object()
        .field("id", decision.id)
        .field("at", decision.at)
        .field("outcome", decision.outcome)
        .field("reason", decision.reason)
        .key("data")
        .raw(decision.data)
        .end_object();
  }
  const auto next =
      has_more ? cursor_of("decisions", std::to_string(decisions.back().id)) : std::string();
  out.end_array().field("has_more", has_more).text_or_null("next_cursor", next).end_object();
  return out.take();
}

Result<ports::Definition> put_template(ports::DefinitionStore& store, const JobIntake& intake,
                                       const Caller& caller, std::string_view name,
                                       std::string_view body) {
  TRY(const auto known, may_put(store, caller, ports::DefinitionKind::training_template, name));
  TRY(const auto training, wire::parse_training(body, {}));
  TRY_DO(check_data(intake, training.config));
  const auto whole = wire::merged_config(R"({"data_path":"of-the-event"})", training.config);
  const auto request = wire::batch_request(whole, training.segments, training.models);
  for (const auto& model : request.models)
    TRY_DO(intake.check_config(wire::job_config_of(request.job.config, "", model)));
  return store.put({.kind = ports::DefinitionKind::training_template,
                    .name = std::string(name),
                    .user_id = owner_of(caller, known),
                    .spec = wire::compact(body)},
                   known ? known->revision : 0);
}

}  // namespace trainyard::service
