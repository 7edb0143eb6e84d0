#include "worker/models/hyperparameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trainyard::models {

Hyperparameters::Hyperparameters(std::string_view model, std::string_view text) : model_(model) {
  if (text.empty()) return;
  object_ = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object_.is_object()) return;
  object_ = nlohmann::json::object();
  refuse("", "expected a JSON object");
}

double Hyperparameters::number(std::string_view name, double fallback, Bounds bounds) {
  const auto* value = json(name);
  if (value == nullptr) return fallback;
  if (!value->is_number()) {
    refuse(name, "expected a number");
    return fallback;
  }
  const auto number = value->get<double>();
  if (number >= bounds.min && number <= bounds.max) return number;
  refuse(name, fmt::format("expected {} to {}, got {}", bounds.min, bounds.max, number));
  return fallback;
}

int Hyperparameters::integer(std::string_view name, int fallback, Bounds bounds) {
  const double value = number(name, fallback, bounds);
  const auto whole = static_cast<int>(value);
  if (static_cast<double>(whole) == value) return whole;
  refuse(name, fmt::format("expected a whole number, got {}", value));
  return fallback;
}

bool Hyperparameters::flag(std::string_view name, bool fallback) {
  const auto* value = json(name);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  refuse(name, "expected true or false");
  return fallback;
}

std::string Hyperparameters::choice(std::string_view name, std::string_view fallback,
                                    std::span<const std::string_view> choices) {
  const auto* value = json(name);
  if (value == nullptr) return std::string(fallback);
  if (value->is_string()) {
    auto text = value->get<std::string>();
    if (std::ranges::find(choices, text) != choices.end()) return text;
  }
  refuse(name, fmt::format("expected one of {}", fmt::join(choices, ", ")));
  return std::string(fallback);
}

std::vector<int> Hyperparameters::integers(std::string_view name, std::size_t size, Bounds bounds) {
  const auto* value = json(name);
  if (value == nullptr) return {};
  const auto is_right = [&](const nlohmann::json& item) {
    if (!item.is_number_integer()) return false;
    const auto number = item.get<double>();
    return number >= bounds.min && number <= bounds.max;
  };
  if (value->is_array() && value->size() == size && std::ranges::all_of(*value, is_right)) {
    return value->get<std::vector<int>>();
  }
  refuse(name, fmt::format("expected a list of {} whole numbers from {} to {}", size, bounds.min,
                           bounds.max));
  return {};
}

const nlohmann::json* Hyperparameters::json(std::string_view name) {
  asked_.emplace_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

void Hyperparameters::refuse(std::string_view name, std::string detail) {
  if (!error_) error_ = refusal(name, std::move(detail));
}

Error Hyperparameters::refusal(std::string_view name, std::string detail) const {
  return {.code = Errc::invalid_argument,
          .detail = std::move(detail),
          .field = fmt::format("hyperparameters.{}{}{}", model_, name.empty() ? "" : ".", name),
          .category = Category::config};
}

Result<void> Hyperparameters::result() const {
  if (error_) return fail(*error_);
  for (const auto& [key, value] : object_.items()) {
    if (std::ranges::find(asked_, key) != asked_.end()) continue;
    const auto takes = asked_.empty() ? "none" : fmt::format("{}", fmt::join(asked_, ", "));
    return fail(refusal(key, fmt::format("{} has no such setting: it takes {}", model_, takes)));
  }
  return {};
}

}  // namespace trainyard::models
