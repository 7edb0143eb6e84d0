#pragma once

#include "api/service/caller.hpp"
#include "api/service/job_intake.hpp"
#include "common/ports/definition_store.hpp"

#include <optional>
#include <string>
#include <string_view>

// What users do with the named things of a DefinitionStore. All block. Answers are JSON. Names are
// shared by all users of a kind; another user's are neither read nor changed, but by admins.

namespace trainyard::service {

// 1 to 100 characters of [A-Za-z0-9._-], beginning with a letter or digit; else invalid_argument.
Result<void> check_name(std::string_view name);

// The definition, when it is the caller's, or the caller an admin. Errors: not_found, forbidden.
Result<ports::Definition> own_definition(ports::DefinitionStore& store, const Caller& caller,
                                         ports::DefinitionKind kind, std::string_view name);
// Whether the caller may put it: the name is fine, and free or his. As it is now, if it is.
Result<std::optional<ports::Definition>> may_put(ports::DefinitionStore& store,
                                                 const Caller& caller, ports::DefinitionKind kind,
                                                 std::string_view name);
// Whose it will be: whoever made it keeps it when an admin changes it.
std::string owner_of(const Caller& caller, const std::optional<ports::Definition>& known);
// Whether the data that a definition's config names may be read. As JobIntake::check_path.
Result<void> check_data(const JobIntake& intake, const std::string& config);
Result<void> remove_definition(ports::DefinitionStore& store, const Caller& caller,
                               ports::DefinitionKind kind, std::string_view name);
struct DefinitionFilter {
  std::optional<std::string> user_id;  // as whose()
  std::string after;
  int limit = 100;
};

// {"<kind>s": […], "has_more", "next_cursor"}: by name; of whose(caller, filter.user_id).
Result<std::string> definitions_json(ports::DefinitionStore& store, const Caller& caller,
                                     ports::DefinitionKind kind, const DefinitionFilter& filter);
// {"name", "user_id", "spec", "state", "due_at", "revision", "created_at", "updated_at"}
std::string definition_json(const ports::Definition& definition);
// {"decisions": […], "has_more", "next_cursor"}, newest first.
Result<std::string> decisions_json(ports::DefinitionStore& store, const Caller& caller,
                                   ports::DefinitionKind kind, std::string_view name,
                                   std::optional<std::int64_t> before, int limit);

enum class Enabled { yes, no };

// Stores a training template: {config, segments?, models?}. Its config is checked as a job's, but
// need not name a data_path, which an event may bring. Errors: invalid_argument, forbidden.
Result<ports::Definition> put_template(ports::DefinitionStore& store, const JobIntake& intake,
                                       const Caller& caller, std::string_view name,
                                       std::string_view body);

}  // namespace trainyard::service
