#include "worker/models/saved_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace trainyard::models {
namespace {

using nlohmann::json;

bool is_number(const json& value) {
  return value.is_number() && std::isfinite(value.get<double>());
}

Error unreadable(std::string_view field, std::string detail) {
  return {.code = Errc::invalid_argument, .detail = std::move(detail), .field = std::string(field)};
}

}  // namespace

std::string saved_text(std::string_view model, json state) {
  return json{{"trainyard_model", saved_format}, {"model", model}, {"state", std::move(state)}}
      .dump();
}

Result<SavedModel> read_saved(std::string_view text) {
  auto document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return fail(unreadable("", "a saved model is a JSON object"));
  StateReader reader(document);
  const auto format = reader.integer("trainyard_model");
  auto model = reader.text("model");
  reader.object("state");
  TRY_DO(reader.result());
  if (format < 1 || format > saved_format) {
    return fail(
        unreadable("trainyard_model",
                   fmt::format("the model is saved in format {}, this version reads 1 to {}",
                               format, saved_format)));
  }
  return SavedModel{std::move(model), std::move(document["state"])};
}

const json* StateReader::find(std::string_view key, std::string_view expected,
                              bool (*is_right)(const json&)) {
  if (error_) return nullptr;
  const auto found = state_.find(key);
  if (found != state_.end() && is_right(*found)) return &*found;
  error_ = unreadable(
      key, fmt::format("the saved model's '{}' is {}, not {}", key,
                       found == state_.end() ? "missing" : found->type_name(), expected));
  return nullptr;
}

double StateReader::number(std::string_view key) {
  const auto* value = find(key, "a finite number", is_number);
  return value ? value->get<double>() : 0.0;
}

std::int64_t StateReader::integer(std::string_view key) {
  const auto* value = find(key, "an integer", [](const json& v) { return v.is_number_integer(); });
  return value ? value->get<std::int64_t>() : 0;
}

std::int64_t StateReader::count(std::string_view key) {
  constexpr auto most = std::int64_t{1} << 53;
  const auto value = integer(key);
  if (value >= 0 && value <= most) return value;
  refuse(key, fmt::format("a number from 0 to {}", most));
  return 0;
}

std::string StateReader::text(std::string_view key) {
  const auto* value = find(key, "a text", [](const json& v) { return v.is_string(); });
  return value ? value->get<std::string>() : std::string();
}

std::size_t StateReader::choice(std::string_view key, std::span<const std::string_view> choices) {
  const auto found = std::ranges::find(choices, text(key));
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  refuse(key, fmt::format("one of {}", fmt::join(choices, ", ")));
  return 0;
}

std::vector<double> StateReader::numbers(std::string_view key) {
  const auto* value = find(key, "a list of finite numbers", [](const json& v) {
    return v.is_array() && std::ranges::all_of(v, is_number);
  });
  return value ? value->get<std::vector<double>>() : std::vector<double>();
}

std::vector<std::string> StateReader::texts(std::string_view key) {
  const auto* value = find(key, "a list of texts", [](const json& v) {
    return v.is_array() &&
           std::ranges::all_of(v, [](const json& item) { return item.is_string(); });
  });
  return value ? value->get<std::vector<std::string>>() : std::vector<std::string>();
}

const json& StateReader::object(std::string_view key) {
  static const json empty = json::object();
  const auto* value = find(key, "an object", [](const json& v) { return v.is_object(); });
  return value ? *value : empty;
}

void StateReader::refuse(std::string_view key, std::string_view expected) {
  if (!error_)
    error_ = unreadable(key, fmt::format("the saved model's '{}' is not {}", key, expected));
}

Result<void> StateReader::result() const {
  if (error_) return fail(*error_);
  return {};
}

}  // namespace trainyard::models
