#include "worker/models/ets/ets_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace trainyard::models {
namespace {

constexpr std::array<std::string_view, 2> errors{"A", "M"};
constexpr std::array<std::string_view, 5> trends{"N", "A", "Ad", "M", "Md"};
constexpr std::array<std::string_view, 3> seasons{"N", "A", "M"};

template <class Part, std::size_t size>
std::string_view letter(const std::array<std::string_view, size>& letters, Part part) {
  return letters[static_cast<std::size_t>(part)];
}

}  // namespace

std::string to_string(const EtsForm& form) {
  return fmt::format("ETS({},{},{})", letter(errors, form.error), letter(trends, form.trend),
                     letter(seasons, form.season));
}

std::string short_name(const EtsForm& form) {
  return fmt::format("{}{}{}", letter(errors, form.error), letter(trends, form.trend),
                     letter(seasons, form.season));
}

std::optional<EtsForm> parse_form(std::string_view name) {
  const auto forms = all_forms();
  const auto found = std::ranges::find(forms, name, short_name);
  return found == forms.end() ? std::nullopt : std::optional(*found);
}

std::vector<EtsForm> all_forms() {
  std::vector<EtsForm> forms;
  for (std::size_t season = 0; season < seasons.size(); ++season)
    for (std::size_t trend = 0; trend < trends.size(); ++trend)
      for (std::size_t error = 0; error < errors.size(); ++error)
        forms.push_back({.error = static_cast<EtsError>(error),
                         .trend = static_cast<EtsTrend>(trend),
                         .season = static_cast<EtsSeason>(season)});
  return forms;
}

}  // namespace trainyard::models
