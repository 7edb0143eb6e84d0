#pragma once

#include "common/wire/parse_json.hpp"

#include <cstdint>

// How the specs of schedules and triggers are read, key by key: a key that is absent has its
// fallback, one of another kind is invalid_argument naming it.

namespace trainyard::wire {

std::unexpected<Error> must_be(const std::string& field, std::string_view expected);
Result<std::string> text_at(const nlohmann::json& object, const std::string& key,
                            std::string fallback);
Result<bool> truth_at(const nlohmann::json& object, const std::string& key, bool fallback);

struct NumberRange {
  std::int64_t least;
  std::int64_t most;
};

Result<std::int64_t> number_at(const nlohmann::json& object, const std::string& key,
                               std::int64_t fallback, NumberRange range);

}  // namespace trainyard::wire
