#include "tests/contract/http_api/openapi_check.hpp"

#include "api/http/api.hpp"
#include "api/http/openapi.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace trainyard::http {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

// valijson compiles a regular expression for every check of a format, which takes milliseconds.
void strip_formats(json& tree) {
  if (tree.is_object() && tree.contains("format") && tree["format"].is_string()) {
    tree.erase("format");
  }
  for (auto& child : tree) {
    if (child.is_structured()) strip_formats(child);
  }
}

class Description {
 public:
  Description() : document_(json::parse(openapi())) { strip_formats(document_["components"]); }

  // The answer that is promised, or null.
  const json* response(std::string_view path, const std::string& method, int status) const {
    const auto& operation = document_["paths"].at(std::string(path)).at(method);
    const auto& responses = operation["responses"];
    const auto found = responses.find(std::to_string(status));
    if (found != responses.end()) return &*found;
    return status >= 400 ? &responses["default"] : nullptr;
  }

  AssertionResult fits(const std::string& reference, const json& body) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled(reference), Adapter(body), &results)) return AssertionSuccess();
    auto failure = AssertionFailure();
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const auto& part : error.context)
        failure << part;
      failure << ": " << error.description << "\n";
    }
    return failure << "is not " << reference << ": " << body.dump();
  }

 private:
  const valijson::Schema& compiled(const std::string& reference) {
    auto& schema = compiled_[reference];
    if (schema) return *schema;
    schema = std::make_unique<valijson::Schema>();
    const json root{{"allOf", {{{"$ref", reference}}}}, {"components", document_["components"]}};
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(root), *schema);
    return *schema;
  }

  json document_;
  std::map<std::string, std::unique_ptr<valijson::Schema>> compiled_;
};

Verb verb_of(const std::string& method) {
  return beast::http::string_to_verb(method);
}

AssertionResult fits_a_problem(Description& description, const Answer& answer) {
  if (answer.status < 400) return AssertionSuccess();
  return description.fits("#/components/schemas/Problem", answer.json());
}

}  // namespace

AssertionResult is_described(const std::string& method, const std::string& target,
                             const Answer& answer) {
  static Description description;
  const auto path = target.substr(0, target.find('?'));
  const auto match = find_route(api_routes(), verb_of(method), path);
  if (match.route == nullptr || match.route->pattern == "/{*}") {
    return fits_a_problem(description, answer);
  }
  auto name = method;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto* promised = description.response(match.route->pattern, name, answer.status);
  if (promised == nullptr) {
    return AssertionFailure() << method << " " << path << ": nothing said of " << answer.status;
  }
  if (!promised->contains("content")) {
    if (answer.body.empty()) return AssertionSuccess();
    return AssertionFailure() << method << " " << path << ": unexpected " << answer.body;
  }
  const auto type = answer.headers.find("content-type");
  const auto& content = (*promised)["content"];
  if (type == answer.headers.end() || !content.contains(type->second)) {
    return AssertionFailure() << method << " " << path << ": not one of " << content.dump();
  }
  const auto& schema = content[type->second]["schema"];
  return schema.contains("$ref") ? description.fits(schema["$ref"], answer.json())
                                 : AssertionSuccess();
}

}  // namespace trainyard::http
