#include "worker/models/ets/ets_form.hpp"

#include <fmt/format.h>

#include <array>

namespace trainyard::models {

namespace {

constexpr std::array<std::string_view, 2> errors{"A", "M"};
constexpr std::array<std::string_view, 3> trends{"N", "A", "Ad"};
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
  for (std::size_t error = 0; error < errors.size(); ++error)
    for (std::size_t trend = 0; trend < trends.size(); ++trend)
      for (std::size_t season = 0; season < seasons.size(); ++season) {
        const EtsForm form{.error = static_cast<EtsError>(error),
                           .trend = static_cast<EtsTrend>(trend),
                           .season = static_cast<EtsSeason>(season)};
        if (short_name(form) == name) return form;
      }
  return std::nullopt;
}

std::vector<EtsForm> admissible_forms(const EtsScope& scope) {
  using enum EtsError;
  std::vector<EtsForm> forms;
  for (const auto season : {EtsSeason::none, EtsSeason::additive, EtsSeason::multiplicative})
    for (const auto trend : {EtsTrend::none, EtsTrend::additive, EtsTrend::damped})
      for (const auto error : {additive, multiplicative}) {
        const EtsForm form{.error = error, .trend = trend, .season = season};
        if (form.has_season() && (scope.season_length < 2 || !scope.seasonal)) continue;
        if (error == multiplicative && !scope.positive) continue;
        if (error == additive && season == EtsSeason::multiplicative) continue;
        forms.push_back(form);
      }
  return forms;
}

}  // namespace trainyard::models
