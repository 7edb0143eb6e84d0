#include "common/adapters/sql/definition_errors.hpp"

#include "common/adapters/sql/storable_text.hpp"

#include <fmt/format.h>

namespace trainyard::sql {

Result<void> check_storable(const ports::NewDefinition& definition) {
  const std::array<std::pair<const char*, const std::string*>, 3> fields{
      {{"name", &definition.name}, {"user_id", &definition.user_id}, {"spec", &definition.spec}}};
  for (const auto& [name, text] : fields) {
    if (is_storable(*text)) continue;
    return fail(Error{
        .code = Errc::invalid_argument, .detail = "text must be UTF-8 without NUL", .field = name});
  }
  return {};
}

std::unexpected<Error> no_definition(ports::DefinitionKind kind, std::string_view name) {
  return fail(Errc::not_found, fmt::format("there is no {} '{}'", to_string(kind), name));
}

std::unexpected<Error> changed_meanwhile(ports::DefinitionKind kind, std::string_view name) {
  return fail(Error{.code = Errc::conflict,
                    .detail = fmt::format("{} '{}' was changed meanwhile", to_string(kind), name),
                    .field = "revision",
                    .hint = "read it again"});
}

}  // namespace trainyard::sql
