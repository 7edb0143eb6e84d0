#include "tests/unit/training/artifact_schema.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <filesystem>
#include <fstream>

namespace trainyard::training {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

nlohmann::json read(const std::string& file) {
  std::ifstream stream(std::filesystem::path(TRAINYARD_SOURCE_DIR) / "schemas/artifacts" / file);
  return nlohmann::json::parse(stream, nullptr, false);
}

}  // namespace

testing::AssertionResult fits_schema(const std::string& name, const nlohmann::json& document) {
  const auto text = read(name + ".schema.json");
  if (text.is_discarded()) return testing::AssertionFailure() << "there is no schema " << name;
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(text), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, Adapter(document), &results)) return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure();
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& part : error.context)
      failure << part;
    failure << ": " << error.description << "\n";
  }
  return failure;
}

nlohmann::json schema_example(const std::string& name) {
  return read(name + ".example.json");
}

}  // namespace trainyard::training
