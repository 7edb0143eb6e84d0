#include "common/wire/spec_fields.hpp"

#include <fmt/format.h>

namespace trainyard::wire {

std::unexpected<Error> must_be(const std::string& field, std::string_view expected) {
  return wrong(field, fmt::format("{} must be {}", field, expected));
}

Result<std::string> text_at(const nlohmann::json& object, const std::string& key,
                            std::string fallback) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (!found->is_string()) return must_be(key, "text");
  return found->get<std::string>();
}

Result<bool> truth_at(const nlohmann::json& object, const std::string& key, bool fallback) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (!found->is_boolean()) return must_be(key, "true or false");
  return found->get<bool>();
}

Result<std::int64_t> number_at(const nlohmann::json& object, const std::string& key,
                               std::int64_t fallback, NumberRange range) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (!found->is_number_integer() || *found < range.least || *found > range.most) {
    return must_be(key, fmt::format("a whole number from {} to {}", range.least, range.most));
  }
  return found->get<std::int64_t>();
}

}  // namespace trainyard::wire
