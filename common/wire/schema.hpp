#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::wire {

struct EmbeddedSchema {
  std::string_view name;  // an event type, or "envelope"
  std::string_view text;
};

// Every file of schemas/events, as it was when this binary was built.
std::span<const EmbeddedSchema> embedded_schemas();

// The schemas of schemas/events, compiled once. Immutable, so thread-safe.
class SchemaSet {
 public:
  SchemaSet();
  ~SchemaSet();

  bool knows(std::string_view name) const;
  std::vector<std::string_view> names() const;

  // Whether `json` fits. Errors: not_found (no such schema), invalid_argument whose `field` is
  // `root` and the path to the offending key.
  Result<void> validate(std::string_view name, const nlohmann::json& json,
                        std::string_view root = "") const;

 private:
  class Compiled;
  std::unique_ptr<Compiled> compiled_;
};

// The set of this binary, compiled at first use.
const SchemaSet& event_schemas();

}  // namespace trainyard::wire
