#include "api/service/api_keys.hpp"
#include "deploy/trainyard/api_client.hpp"
#include "deploy/trainyard/command.hpp"
#include "deploy/trainyard/roles/backbone.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

// API keys by whoever administers the machine: without --url straight on the database, which is how
// the first key comes to be.

namespace trainyard {
namespace {

using nlohmann::json;

struct KeysOptions {
  std::string url;  // empty: the database that the settings name
  std::string key_id;
  std::string role = "member";
  std::string user;
  std::string name;
  int expires_in_days = 0;  // 0: never
};

service::Caller operator_of_this_machine() {
  return {.user_id = fmt::format("uid:{}", ::getuid()),
          .correlation_id = Uuid::make_v7().to_string(),
          .role = domain::Role::admin,
          .address = "terminal"};
}

// What is done here is in the audit log too.
Result<void> note(ports::AccessStore& store, const service::Caller& caller, std::string action,
                  std::string record) {
  const std::array entries{ports::AuditEntry{.id = ports::AuditId::make(),
                                             .at = system_clock().now(),
                                             .user_id = caller.user_id,
                                             .role = std::string(to_string(caller.role)),
                                             .action = std::move(action),
                                             .record = std::move(record),
                                             .status = 200,
                                             .client = caller.address,
                                             .correlation_id = caller.correlation_id}};
  return store.append_audit(entries);
}

Result<wire::KeyRequest> request_of(const KeysOptions& options) {
  wire::KeyRequest request{.user_id = options.user, .name = options.name};
  request.role = *domain::role_from(options.role);
  if (options.expires_in_days > 0) request.expires_in_days = options.expires_in_days;
  TRY_DO(wire::check_key_request(request));
  return request;
}

Result<std::string> create_in_store(const KeysOptions& options, ports::AccessStore& store) {
  TRY(const auto request, request_of(options));
  const auto caller = operator_of_this_machine();
  TRY(const auto made, service::create_key(store, caller, request, system_clock().now()));
  TRY_DO(note(store, caller, "keys create", made.record.id));
  return made.key.reveal();
}

Result<std::string> create_over_api(const KeysOptions& options, ApiClient& api) {
  TRY(const auto request, request_of(options));
  json body{{"user", request.user_id}, {"role", to_string(request.role)}, {"name", request.name}};
  if (request.expires_in_days) body["expires_in_days"] = *request.expires_in_days;
  TRY(const auto made, api.post("/api/v2/keys", body));
  return made.value("key", "");
}

void print_row(std::string_view id, std::string_view user, std::string_view role,
               std::string_view state, std::string_view name) {
  fmt::print("{}  {:<24} {:<7} {:<34} {}\n", id, user, role, state, name);
}

std::string state_of(const std::optional<std::string>& revoked,
                     const std::optional<std::string>& expires) {
  if (revoked) return "revoked " + *revoked;
  return expires ? "until " + *expires : "no end";
}

std::optional<std::string> text_of(const std::optional<TimePoint>& time) {
  return time ? std::optional(to_iso8601(*time)) : std::nullopt;
}

std::optional<std::string> text_at(const json& key, const char* name) {
  return key[name].is_string() ? std::optional(key[name].get<std::string>()) : std::nullopt;
}

Result<void> list_in_store(ports::AccessStore& store) {
  TRY(const auto keys, store.list_keys({.kind = domain::KeyKind::key}));
  for (const auto& key : keys) {
    print_row(key.id, key.user_id, to_string(key.role),
              state_of(text_of(key.revoked_at), text_of(key.expires_at)), key.name);
  }
  return {};
}

Result<void> list_over_api(ApiClient& api) {
  TRY(auto page, api.get("/api/v2/keys"));
  for (auto& key : page["keys"]) {
    print_row(key.value("key_id", ""), key.value("user", ""), key.value("role", ""),
              state_of(text_at(key, "revoked_at"), text_at(key, "expires_at")),
              text_at(key, "name").value_or(""));
  }
  return {};
}

Result<void> revoke_in_store(const KeysOptions& options, ports::AccessStore& store) {
  const auto caller = operator_of_this_machine();
  TRY_DO(store.revoke_key(options.key_id, system_clock().now()));
  return note(store, caller, "keys revoke", options.key_id);
}

// Runs one of two ways to do the same thing.
template <class OnStore, class OverApi>
auto either(const KeysOptions& options, const config::Settings& settings, OnStore on_store,
            OverApi over_api) -> std::invoke_result_t<OverApi, ApiClient&> {
  if (!options.url.empty()) {
    ApiClient api(options.url, settings.client_key);
    return over_api(api);
  }
  TRY(const auto stores, open_stores(settings));
  return on_store(*stores.access);
}

Exit create(const KeysOptions& options, const config::Settings& settings) {
  const auto key = either(
      options, settings, [&](auto& store) { return create_in_store(options, store); },
      [&](auto& api) { return create_over_api(options, api); });
  if (!key) return report(key.error());
  fmt::print("{}\n", *key);
  fmt::print(stderr, "This is the only time the key is shown.\n");
  return Exit::ok;
}

Exit list(const KeysOptions& options, const config::Settings& settings) {
  const auto done = either(
      options, settings, [](auto& store) { return list_in_store(store); },
      [](auto& api) { return list_over_api(api); });
  return done ? Exit::ok : report(done.error());
}

Exit revoke(const KeysOptions& options, const config::Settings& settings) {
  const auto done = either(
      options, settings, [&](auto& store) { return revoke_in_store(options, store); },
      [&](auto& api) -> Result<void> {
        TRY_DO(api.remove("/api/v2/keys/" + options.key_id));
        return {};
      });
  if (!done) return report(done.error());
  fmt::print("revoked; servers that knew it let it in for 10 more seconds at most\n");
  return Exit::ok;
}

}  // namespace

void add_keys(CLI::App& app, Selection& selection) {
  auto options = std::make_shared<KeysOptions>();
  auto* keys = app.add_subcommand("keys", "Create, list and revoke API keys");
  keys->require_subcommand(1);
  keys->add_option("--url", options->url, "an API to ask, instead of the database itself");

  const auto verb = [&](const char* name, const char* what, auto run) {
    auto* command = keys->add_subcommand(name, what);
    command->callback([&selection, options, run] {
      selection.run = [options, run](const config::Settings& settings) {
        return run(*options, settings);
      };
    });
    return command;
  };
  auto* creation = verb("create", "Print a new key, once", create);
  creation->add_option("--user", options->user, "whose key it is")->required();
  creation->add_option("--role", options->role, "viewer, member or admin")
      ->check(CLI::IsMember({"viewer", "member", "admin"}));
  creation->add_option("--name", options->name, "what it is for");
  creation->add_option("--expires-in-days", options->expires_in_days, "when it ends; never if 0")
      ->check(CLI::Range(0, wire::key_days_max));
  verb("list", "Every key, newest first", list);
  verb("revoke", "End a key and the sessions begun with it", revoke)
      ->add_option("KEY_ID", options->key_id, "the part of the key after ty_")
      ->required();
}

}  // namespace trainyard
