#include "worker/models/hyperparameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace trainyard::models {
namespace {

std::unexpected<Error> refuse(std::string_view model, std::string_view key, std::string detail) {
  return fail({.code = Errc::invalid_argument,
               .detail = std::move(detail),
               .field = fmt::format("hyperparameters.{}{}{}", model, key.empty() ? "" : ".", key),
               .category = Category::config});
}

std::string names(std::span<const Setting> settings) {
  std::vector<std::string_view> all;
  for (const Setting& setting : settings)
    all.push_back(setting.name);
  return all.empty() ? "it takes none" : fmt::format("it takes {}", fmt::join(all, ", "));
}

}  // namespace

Result<std::map<std::string, double, std::less<>>> read_hyperparameters(
    std::string_view model, std::string_view text, std::span<const Setting> settings) {
  std::map<std::string, double, std::less<>> values;
  for (const Setting& setting : settings)
    values.emplace(setting.name, setting.fallback);
  if (text.empty()) return values;

  const auto object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return refuse(model, "", "expected a JSON object");
  for (const auto& [key, value] : object.items()) {
    const auto setting = std::ranges::find(settings, key, &Setting::name);
    if (setting == settings.end())
      return refuse(model, key, fmt::format("{} has no such setting: {}", model, names(settings)));
    if (!value.is_number()) return refuse(model, key, "expected a number");
    const auto number = value.get<double>();
    if (!(number >= setting->min && number <= setting->max))
      return refuse(model, key,
                    fmt::format("expected {} to {}, got {}", setting->min, setting->max, number));
    values.insert_or_assign(key, number);
  }
  return values;
}

}  // namespace trainyard::models
