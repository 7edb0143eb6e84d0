#include "common/wire/schema.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <map>

namespace trainyard::wire {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

// valijson names a place as "<root>", "[key]", "[3]"; we write key[3].
std::string path_of(std::string_view root, const std::vector<std::string>& context) {
  std::string path(root);
  for (const auto& part : context) {
    if (!part.starts_with('[')) continue;
    const auto name = std::string_view(part).substr(1, part.size() - 2);
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
      path += part;
    } else {
      path += fmt::format("{}{}", path.empty() ? "" : ".", name);
    }
  }
  return path;
}

// valijson compiles a regular expression for every check of a format: milliseconds per message.
// Whoever reads a time or an id parses it anyway.
void strip_formats(nlohmann::json& schema) {
  if (schema.is_object() && schema.contains("format") && schema["format"].is_string()) {
    schema.erase("format");
  }
  for (auto& child : schema) {
    if (child.is_structured()) strip_formats(child);
  }
}

Error explain(valijson::ValidationResults& results, std::string_view root) {
  valijson::ValidationResults::Error first;  // the innermost comes first
  results.popError(first);
  auto path = path_of(root, first.context);
  // "Object is missing required member 'x'." blames the object; the reader looks for the member.
  if (first.description.find("required") != std::string::npos) {
    const auto open = first.description.find('\'');
    const auto close = first.description.rfind('\'');
    if (open < close) {
      if (!path.empty()) path += '.';
      path += first.description.substr(open + 1, close - open - 1);
    }
  }
  return {.code = Errc::invalid_argument, .detail = first.description, .field = std::move(path)};
}

}  // namespace

class SchemaSet::Compiled {
 public:
  Compiled() {
    for (const auto& [name, text] : embedded_schemas()) {
      auto json = nlohmann::json::parse(text);
      strip_formats(json);
      valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
      parser.populateSchema(Adapter(json), schemas_[std::string(name)]);
    }
  }

  const std::map<std::string, valijson::Schema, std::less<>>& schemas() const { return schemas_; }

 private:
  std::map<std::string, valijson::Schema, std::less<>> schemas_;
};

SchemaSet::SchemaSet() : compiled_(std::make_unique<Compiled>()) {}
SchemaSet::~SchemaSet() = default;

bool SchemaSet::knows(std::string_view name) const {
  return compiled_->schemas().contains(name);
}

std::vector<std::string_view> SchemaSet::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, schema] : compiled_->schemas())
    names.push_back(name);
  return names;
}

Result<void> SchemaSet::validate(std::string_view name, const nlohmann::json& json,
                                 std::string_view root) const {
  const auto found = compiled_->schemas().find(name);
  if (found == compiled_->schemas().end()) {
    return fail(Errc::not_found, fmt::format("there is no schema for '{}'", name));
  }
  valijson::Validator validator;
  if (validator.validate(found->second, Adapter(json), nullptr)) return {};
  valijson::ValidationResults results;
  validator.validate(found->second, Adapter(json), &results);
  return fail(explain(results, root));
}

const SchemaSet& event_schemas() {
  static const SchemaSet set;
  return set;
}

}  // namespace trainyard::wire
