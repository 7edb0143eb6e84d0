#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

// How a fit is stored: {"trainyard_model": 1, "model": "ets", "state": {…}}. JSON, because it is
// portable between machines and languages and its numbers come back bit for bit. Only for the
// sources of this folder: users see FittedModel::save() and load_model().

namespace trainyard::models {

// Raised when the meaning of any model's state changes; older numbers stay readable.
inline constexpr int saved_format = 1;

std::string saved_text(std::string_view model, nlohmann::json state);

struct SavedModel {
  std::string model;
  nlohmann::json state;
};
Result<SavedModel> read_saved(std::string_view text);

// Reads a state's fields; the first one that is missing or of another kind is what error() names,
// and all later answers are empty. Numbers are finite.
class StateReader {
 public:
  explicit StateReader(const nlohmann::json& state) : state_(state) {}

  double number(std::string_view key);
  std::int64_t integer(std::string_view key);
  // Of observations or the like, to which more can be added: 0 to 2^53.
  std::int64_t count(std::string_view key);
  std::string text(std::string_view key);
  // The position of the text under the key among the choices.
  std::size_t choice(std::string_view key, std::span<const std::string_view> choices);
  std::vector<double> numbers(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // The object under a key; an empty one after an error.
  const nlohmann::json& object(std::string_view key);
  // For what is read but does not make sense.
  void refuse(std::string_view key, std::string_view expected);

  Result<void> result() const;

 private:
  const nlohmann::json* find(std::string_view key, std::string_view expected,
                             bool (*is_right)(const nlohmann::json&));

  const nlohmann::json& state_;
  std::optional<Error> error_;
};

}  // namespace trainyard::models
