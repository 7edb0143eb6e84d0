#include "worker/models/ets/ets_form.hpp"

#include <fmt/format.h>

namespace trainyard::models {

std::string to_string(const EtsForm& form) {
  constexpr const char* trends[] = {"N", "A", "Ad"};
  constexpr const char* seasons[] = {"N", "A", "M"};
  return fmt::format("ETS({},{},{})", form.error == EtsError::additive ? "A" : "M",
                     trends[static_cast<int>(form.trend)], seasons[static_cast<int>(form.season)]);
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
