#pragma once

#include "common/base/error.hpp"

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

// A model's settings as a user wrote them: one JSON object, or empty text for none.
//
//   Hyperparameters settings("xgboost", context.hyperparameters);
//   options.depth = settings.integer("max_depth", 3, {1, 16});
//   TRY_DO(settings.result());
//
// Every setting is read before result(), which names the first that is wrong, or one that the model
// never asked for together with those it has.

namespace trainyard::models {

// Bounds, both included.
struct Bounds {
  double min;
  double max;
};

class Hyperparameters {
 public:
  Hyperparameters(std::string_view model, std::string_view text);

  double number(std::string_view name, double fallback, Bounds bounds);
  int integer(std::string_view name, int fallback, Bounds bounds);
  bool flag(std::string_view name, bool fallback);  // JSON true or false
  std::string choice(std::string_view name, std::string_view fallback,
                     std::span<const std::string_view> choices);
  // `size` integers; the fallback may be empty, which says that the user left it open.
  std::vector<int> integers(std::string_view name, std::size_t size, Bounds bounds);
  // For what has a structure of its own: nullptr when absent. The model refuses what it does not
  // like with refuse().
  const nlohmann::json* json(std::string_view name);
  void refuse(std::string_view name, std::string detail);

  // Errc::invalid_argument, category config.
  Result<void> result() const;

 private:
  Error refusal(std::string_view name, std::string detail) const;

  std::string model_;
  nlohmann::json object_ = nlohmann::json::object();
  std::vector<std::string> asked_;
  std::optional<Error> error_;
};

}  // namespace trainyard::models
